# Signing in
sign-in-title = Sign in to Bailiwick
sign-in-email = E-mail
sign-in-password = Password
sign-in-wrong = E-mail address and password do not belong together. Check for capitals, or ask your administrator for a new password.
sign-in-locked = Too many wrong passwords. This login opens again in { $minutes } min.
sign-in-help = No login yet, or forgotten the password? Your administrator sets it.

# First run
first-run-title = Set up your company
first-run-about = This is asked once. Everything can be imported or changed afterwards.
first-run-code = Set-up code
first-run-code-hint = Printed by the program when it started.
first-run-company = Company name
first-run-currency = Currency of reports
first-run-currency-hint = Three letters, such as EUR or CNY.
first-run-country = Country
first-run-country-hint = Two letters, such as DE or CN; decides the holidays.
first-run-zone = Time zone
first-run-zone-hint = Such as Europe/Berlin or Asia/Shanghai; decides when a business day ends.
first-run-fiscal-start-month = First month of the fiscal year
first-run-fiscal-hint = 1 for January, 4 for April.
first-run-name = Your name
first-run-email = Your e-mail
first-run-password = Password
first-run-password-hint = At least 10 characters.
first-run-create = Create the company
first-run-done = The company is set up. Sign in.

# People
nav-people-group = People
nav-people = People
people-title = People
people-sub = { $people } shown; vacant seats: { $vacant }
people-list = People and their units
people-none = Nobody found
people-none-next = Search for another name, or import people with “bailiwick import people”.
people-name = Name
people-unit = Unit
people-role = Role
people-email = E-mail
people-no-login = no login
people-vacant = Vacant seats
people-no-vacancy = Every seat is filled
people-no-vacancy-next = A seat that falls vacant is listed here with its unit.

# Views of lists
views-kept = The view is kept
views-gone = The view is gone; its rows are where they were
