# 接口说明页
api-title = 接口
api-sub = /api/v1 下共 { $count } 个操作，供您自己的程序使用
api-intro = 每个请求都要带令牌：“Authorization: Bearer TOKEN”。管理员用“bailiwick token create --user 邮箱”生成令牌。金额和数量是十进制文本，日期写作 2026-02-28。
api-document = OpenAPI 文档
api-parameters = 参数
api-body = 正文
api-answers = 应答
api-name = 名称
api-kind = 类型
api-about = 说明
api-required = 必填
api-optional = 选填

# Commands of the palette
command-drafts = 待确认的订单
command-held = 已冻结的订单
command-silent = 最久未下单的客户
command-export = 导出我的客户
