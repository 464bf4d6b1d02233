# Navigation
nav-customers = Customers
nav-book-group = Business
nav-orders = Orders
nav-products = Products

# The list of customers
customers-title = Customers
customers-sub = { $count } customers
customers-list = Customers and their sales
customers-meta = last 12 months, { $currency }
customers-name = Customer
customers-group = Group
customers-city = City
customers-owner = Owner
customers-house = House
customers-last-order = Last order
customers-never = none yet
customers-sold = Sales, 12 months
customers-change = Against the year before
customers-new = new
customers-none = No customers yet
customers-none-next = Import a list with “bailiwick import customers”, or send one through the API. Needed are code, name and owner.
customers-not-found = No customer fits
customers-not-found-next = Take a filter away, or search for another name, code or city.

# One customer
customer-owner = owner
customer-sold = Sales
customer-sold-about = last 12 months
customer-sold-before = Sales before
customer-sold-before-about = the 12 months before
customer-last-order = Last order
customer-days-ago = { $days ->
    [0] today
    [one] { $days } day ago
   *[other] { $days } days ago
 }
customer-terms = Payment terms
customer-terms-unit = days
customer-sales = Sales by month
customer-no-sales = No sales in 24 months
customer-no-sales-next = The chart begins with the first confirmed order.
customer-line-now = Last 12 months
customer-line-before = Year before
customer-month = { $month }: { $amount }, a year before { $before }
customer-finding = Sales of the last 12 months are { $amount }, { $change } against the year before
customer-finding-new = Sales of the last 12 months are { $amount }; there is no year before to compare with
customer-orders = Last orders
customer-all-orders = All orders
customer-no-orders = No orders yet
customer-no-orders-next = Orders appear here as soon as they are entered or imported.
customer-facts = Facts
customer-fact = Fact
customer-value = Value
customer-parent = Parent company
customer-payer = Payer
customer-currency = Currency
customer-place = Coordinates
customer-ended = Ended on
customer-keepers = Who looks after it
customer-support = support
customer-no-keeper = Nobody looks after this customer
customer-no-keeper-next = Its sales count for the house until an owner is named.
customer-held-always = from the beginning, until today
customer-held-since = since { $from }
customer-held-until = until { $to }
customer-held = { $from } to { $to }

# Products
products-title = Products
products-sub = List prices of today
products-list = Products and list prices
products-name = Product
products-group = Group
products-list-price = List price
products-currency = Currency
products-none = No products yet
products-none-next = Import a list with “bailiwick import products”, or send one through the API.
products-not-found = No product fits
products-not-found-next = Take the filter away, or search for another name or code.

# Orders
orders-title = Orders
orders-search = Number or customer
orders-currency = Currency
orders-list = Orders
orders-number = Number
orders-date = Date
orders-customer = Customer
orders-status = Status
orders-net = Net
orders-none = No orders yet
orders-none-next = Import them with “bailiwick import orders”, or send one through the API.
orders-not-found = No order fits
orders-not-found-next = Take a filter away, or search for another number or customer.
order-status-draft = Draft
order-status-held = Held
order-status-confirmed = Confirmed
order-status-closed = Closed
order-status-cancelled = Cancelled

# One order
order-title = Order { $number }
order-lines = Lines
order-line = No.
order-product = Product
order-quantity = Quantity
order-price = Unit price
order-discount = Discount
order-tax-rate = Tax rate
order-net = Net
order-tax = Tax
order-total = Total
order-gross = Total with tax
order-credit = Who earns it
order-credit-planned = frozen when confirmed
order-credit-owner = The customer’s owner earns it
order-credit-owner-next = Nobody else was named. The credit is frozen when the order is confirmed.
order-credit-none = Nobody earns this order
order-credit-none-next = A cancelled order counts for nobody.
order-earner = Person
order-unit = Unit
order-share = Share
order-counted = Counts for
order-fact = Fact
order-value = Value
order-base-net = Net
order-rate = Rate
order-rate-day = Rate of
