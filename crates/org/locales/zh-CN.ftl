# 登录
sign-in-title = 登录 Bailiwick
sign-in-email = 邮箱
sign-in-password = 密码
sign-in-wrong = 邮箱与密码不匹配。请检查大小写，或请管理员重设密码。
sign-in-locked = 密码错误次数过多，请在 { $minutes } 分钟后再试。
sign-in-help = 还没有账号或忘记密码？请联系管理员。

# 首次设置
first-run-title = 设置您的公司
first-run-about = 仅需填写一次，之后均可导入或修改。
first-run-code = 设置码
first-run-code-hint = 程序启动时显示的设置码。
first-run-company = 公司名称
first-run-currency = 报表币种
first-run-currency-hint = 三位字母，如 CNY 或 EUR。
first-run-country = 国家
first-run-country-hint = 两位字母，如 CN 或 DE，决定节假日。
first-run-zone = 时区
first-run-zone-hint = 如 Asia/Shanghai，决定一个业务日何时结束。
first-run-fiscal-start-month = 财年起始月
first-run-fiscal-hint = 1 表示一月，4 表示四月。
first-run-name = 您的姓名
first-run-email = 您的邮箱
first-run-password = 密码
first-run-password-hint = 至少 10 个字符。
first-run-create = 创建公司
first-run-done = 公司已设置完成，请登录。

# 人员
nav-people-group = 人员
nav-people = 人员
people-title = 人员
people-sub = 显示 { $people } 人，{ $vacant } 个岗位空缺
people-list = 人员与所属部门
people-none = 没有找到人员
people-none-next = 换个姓名再查，或用 “bailiwick import people” 导入人员。
people-name = 姓名
people-unit = 部门
people-role = 角色
people-email = 邮箱
people-no-login = 无账号
people-vacant = 空缺岗位
people-no-vacancy = 没有空缺岗位
people-no-vacancy-next = 岗位出现空缺时，会连同所属部门列在这里。

# Views of lists
views-kept = 视图已保存
views-gone = 视图已删除，数据不受影响
