# Words every page shares.
save = Save
cancel = Cancel
close = Close
back = Back
edit = Edit
delete = Delete
add = Add
remove = Remove
confirm = Confirm
undo = Undo
search = Search
print = Print
export = Export
import = Import
more = More
more-rows = Show more
pages = Pages
optional = (optional)
nothing-found = Nothing found.
filter-remove = Remove filter
form-faults = Please correct:
better = better
worse = worse
open = open
urgent = urgent
yes = Yes
no = No

# Signing in and out
sign-in = Sign in
sign-out = Sign out
account-of = Account of { $name }

# The house around a page
skip = Skip to content
nav-main = Main
nav-quick = Quick
nav-all = All pages
nav-start = Start
nav-samples = Samples
to-start = To the start page
keys = Shortcuts
theme-switch = Switch between light and dark
palette = Command palette
search-or-command = Search or run a command
palette-placeholder = Search, or type where to go
palette-go = Go to
palette-do = Do
palette-move = move
palette-open = open

# Keys
keys-title = Keyboard shortcuts
key-search = Search and commands
key-rows = Next row, previous row
key-open = Open the row
key-confirm = Confirm what this page decides
key-undo = Undo the last change
key-lock = Lock or unlock the cell
key-print = Print
key-list = This list
key-close = Close

# Roles
role-rep = Sales
role-manager = Manager
role-finance = Finance
role-marketing = Marketing
role-auditor = Auditor
role-administrator = Administrator

# What went wrong
problem-malformed = This request cannot be read
problem-unauthorized = You are not signed in
problem-forbidden = You may not do this
problem-missing = Nothing here
problem-method = This cannot be done here
problem-conflict = Not possible right now
problem-stale = Someone was faster
problem-too-large = Too large
problem-too-many = Too many requests
problem-unavailable = Please try again in a moment
problem-failed = Something failed on our side
problem-refused = Not accepted
problem-internal = Something failed on our side, and nothing was changed. Quote { $reference } when you report it.
refusal-unauthorized = Your session has ended or was never begun. Sign in, then send it again.
refusal-malformed = The server could not make sense of this request. Go back and try again.
refusal-missing = This page does not exist, or it is not yours to see.
refusal-forbidden = Your role does not allow this. Ask a colleague whose role does, or your administrator.
refusal-method = This address exists, but it cannot do that.
refusal-too-large = That is more than is accepted at once. Send it in smaller pieces.
refusal-media-type = Files or forms of this kind are not read here.
refusal-too-many = Too many requests in a short time. Wait a moment and try again.
refusal-unavailable = The server cannot take this right now. Nothing was changed; try again soon.

# Figures
heat-scale = Colours: percent of the reference

# Lists
list-count = { $count } in all
list-more-than = more than { $count }
list-about = about { $count }
list-export = Export { $kind }
list-clear = Clear all
list-order = Order
list-choose = Choose …
list-apply = Apply
list-from = From
list-to = To
list-pick = Pick { $name }
list-pick-all = Pick all rows of this page
list-picked = picked
list-first = First page
list-next = Next page
list-size = Rows of a page
views = Views
views-all = All
views-usual = opens first
views-keep = Keep as a view
views-change = This view
views-name = Name
views-open-with = Open the list with it
views-not-usual = Open the list without it
views-rename = Rename
bulk-all = All { $done } done
bulk-some = { $done } done, { $refused } not. Those that were not stand as they were.
bulk-refused = None of the { $refused } was done. They stand as they were.
bulk-none = Nothing was picked.
bulk-row = Row
bulk-outcome = What became of it
bulk-done = done
bulk-not-done = not done
bulk-list = Each of them
bulk-back = Back to the list

# Panels
panel-load = Load
