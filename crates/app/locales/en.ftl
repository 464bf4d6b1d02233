# The page that describes the API
api-title = API
api-sub = { $count } operations under /api/v1, for programs of your own
api-intro = Send a token with every request as “Authorization: Bearer TOKEN”. An administrator makes one with “bailiwick token create --user EMAIL”. Amounts and quantities are decimal text, dates are written 2026-02-28.
api-document = OpenAPI document
api-parameters = Parameters
api-body = Body
api-answers = Answers
api-name = Name
api-kind = Kind
api-about = What it is
api-required = required
api-optional = optional

# Commands of the palette
command-drafts = Orders that wait to be confirmed
command-held = Orders that are held
command-silent = Customers who have not bought for longest
command-export = Export my customers
