# 导航
nav-customers = 客户
nav-book-group = 业务
nav-orders = 订单
nav-products = 产品

# 客户列表
customers-title = 客户
customers-sub = 共 { $count } 家客户
customers-list = 客户与销售额
customers-meta = 近 12 个月，{ $currency }
customers-name = 客户
customers-group = 客户组
customers-city = 城市
customers-owner = 负责人
customers-house = 公司直管
customers-last-order = 最近下单
customers-never = 尚未下单
customers-sold = 近 12 个月销售额
customers-change = 同比
customers-new = 新客户
customers-none = 还没有客户
customers-none-next = 用 “bailiwick import customers” 导入客户清单，或通过接口录入。必填：编码、名称、负责人。
customers-not-found = 没有符合条件的客户
customers-not-found-next = 去掉一个筛选条件，或换个名称、编码、城市再查。

# 单个客户
customer-owner = 负责人
customer-sold = 销售额
customer-sold-about = 近 12 个月
customer-sold-before = 上年同期
customer-sold-before-about = 此前 12 个月
customer-last-order = 最近下单
customer-days-ago = { $days ->
    [0] 今天
   *[other] { $days } 天前
 }
customer-terms = 账期
customer-terms-unit = 天
customer-sales = 月度销售额
customer-no-sales = 近 24 个月没有销售
customer-no-sales-next = 首个订单确认后，这里开始显示走势。
customer-line-now = 近 12 个月
customer-line-before = 上年同期
customer-month = { $month }：{ $amount }，上年同期 { $before }
customer-finding = 近 12 个月销售额 { $amount }，同比 { $change }
customer-finding-new = 近 12 个月销售额 { $amount }，无上年同期可比
customer-orders = 最近订单
customer-all-orders = 全部订单
customer-no-orders = 还没有订单
customer-no-orders-next = 订单录入或导入后会显示在这里。
customer-facts = 基本资料
customer-fact = 项目
customer-value = 内容
customer-parent = 上级公司
customer-payer = 付款方
customer-currency = 币种
customer-place = 坐标
customer-ended = 终止合作日期
customer-keepers = 负责人变更
customer-support = 协助
customer-no-keeper = 该客户暂无负责人
customer-no-keeper-next = 指定负责人之前，其业绩计入公司。
customer-held-always = 自始至今
customer-held-since = { $from }起
customer-held-until = 至{ $to }
customer-held = { $from }至{ $to }

# 产品
products-title = 产品
products-sub = 今日目录价
products-list = 产品与目录价
products-name = 产品
products-group = 产品组
products-list-price = 目录价
products-currency = 币种
products-none = 还没有产品
products-none-next = 用 “bailiwick import products” 导入产品清单，或通过接口录入。
products-not-found = 没有符合条件的产品
products-not-found-next = 去掉筛选条件，或换个名称、编码再查。

# 订单
orders-title = 订单
orders-search = 订单号或客户
orders-currency = 币种
orders-list = 订单
orders-number = 订单号
orders-date = 日期
orders-customer = 客户
orders-status = 状态
orders-net = 未税金额
orders-none = 还没有订单
orders-none-next = 用 “bailiwick import orders” 导入订单，或通过接口录入。
orders-not-found = 没有符合条件的订单
orders-not-found-next = 去掉一个筛选条件，或换个订单号、客户再查。
order-status-draft = 草稿
order-status-held = 已冻结
order-status-confirmed = 已确认
order-status-closed = 已关闭
order-status-cancelled = 已取消

# 单个订单
order-title = 订单 { $number }
order-lines = 订单明细
order-line = 行号
order-product = 产品
order-quantity = 数量
order-price = 单价
order-discount = 折扣
order-tax-rate = 税率
order-net = 未税金额
order-tax = 税额
order-total = 合计
order-gross = 价税合计
order-credit = 业绩归属
order-credit-planned = 确认订单时锁定
order-credit-owner = 业绩归客户负责人
order-credit-owner-next = 未另行指定。确认订单时锁定业绩归属。
order-credit-none = 该订单不计业绩
order-credit-none-next = 已取消的订单不计入任何人的业绩。
order-earner = 人员
order-unit = 部门
order-share = 占比
order-counted = 折合本位币
order-fact = 项目
order-value = 内容
order-base-net = 未税金额
order-rate = 汇率
order-rate-day = 汇率日期
