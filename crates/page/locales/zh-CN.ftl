# 各页通用
save = 保存
cancel = 取消
close = 关闭
back = 返回
edit = 编辑
delete = 删除
add = 新增
remove = 移除
confirm = 确认
undo = 撤销
search = 搜索
print = 打印
export = 导出
import = 导入
more = 更多
more-rows = 加载更多
pages = 分页
optional = （选填）
nothing-found = 没有找到相关内容。
filter-remove = 清除此筛选
form-faults = 请修改以下内容：
better = 好转
worse = 变差
open = 待处理
urgent = 需尽快处理
yes = 是
no = 否

# 登录与退出
sign-in = 登录
sign-out = 退出登录
account-of = { $name }的账户

# 页面框架
skip = 跳到正文
nav-main = 主导航
nav-quick = 快捷导航
nav-all = 全部页面
nav-start = 首页
nav-samples = 示例
to-start = 返回首页
keys = 快捷键
theme-switch = 切换浅色与深色模式
palette = 命令面板
search-or-command = 搜索或输入命令
palette-placeholder = 搜索，或输入要前往的页面
palette-go = 前往
palette-do = 执行
palette-move = 选择
palette-open = 打开

# 快捷键
keys-title = 键盘快捷键
key-search = 搜索与命令
key-rows = 下一行、上一行
key-open = 打开当前行
key-confirm = 确认本页的决定
key-undo = 撤销上一步修改
key-lock = 锁定或解锁单元格
key-print = 打印
key-list = 显示本列表
key-close = 关闭

# 角色
role-rep = 业务员
role-manager = 经理
role-finance = 财务
role-marketing = 市场
role-auditor = 审计
role-administrator = 管理员

# 出错提示
problem-malformed = 无法识别该请求
problem-unauthorized = 您尚未登录
problem-forbidden = 您没有此操作的权限
problem-missing = 页面不存在
problem-method = 此处不支持该操作
problem-conflict = 当前状态下无法操作
problem-stale = 数据已被他人修改
problem-too-large = 内容过大
problem-too-many = 请求过于频繁
problem-unavailable = 请稍后再试
problem-failed = 系统出错
problem-refused = 未能通过
problem-internal = 系统出错，数据未作任何更改。反馈问题时请提供编号 { $reference }。
refusal-unauthorized = 登录已失效或尚未登录，请登录后重新提交。
refusal-malformed = 服务器无法识别该请求，请返回后重试。
refusal-missing = 该页面不存在，或您无权查看。
refusal-forbidden = 您的角色没有此权限，请联系有权限的同事或管理员。
refusal-method = 该地址存在，但不支持此操作。
refusal-too-large = 超出单次提交的上限，请分批提交。
refusal-media-type = 此处不接受该类型的文件或表单。
refusal-too-many = 短时间内请求过多，请稍候再试。
refusal-unavailable = 服务器暂时无法处理，数据未作任何更改，请稍后再试。

# 图表
heat-scale = 色阶：相对基准的百分比

# Lists
list-count = 共 { $count } 条
list-more-than = 超过 { $count } 条
list-about = 约 { $count } 条
list-export = 导出 { $kind }
list-clear = 全部清除
list-order = 排序
list-choose = 请选择……
list-apply = 应用
list-from = 从
list-to = 到
list-pick = 选中 { $name }
list-pick-all = 选中本页所有行
list-picked = 已选中
list-first = 第一页
list-next = 下一页
list-size = 每页行数
views = 视图
views-all = 全部
views-usual = 默认
views-keep = 存为视图
views-change = 此视图
views-name = 名称
views-open-with = 打开列表时使用
views-not-usual = 打开列表时不使用
views-rename = 重命名
bulk-all = 全部 { $done } 条已完成
bulk-some = { $done } 条已完成，{ $refused } 条未完成。未完成的保持原样。
bulk-refused = { $refused } 条均未完成，保持原样。
bulk-none = 没有选中任何行。
bulk-row = 行
bulk-outcome = 结果
bulk-done = 已完成
bulk-not-done = 未完成
bulk-list = 逐条结果
bulk-back = 返回列表

# Panels
panel-load = 加载
