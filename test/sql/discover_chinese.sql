-- discover(): Chinese columns. Needs a database that has the characters.
SELECT getdatabaseencoding() <> 'UTF8' AS skip \gset
\if :skip
\echo skipped: the database is not in UTF8
\q
\endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE SCHEMA discover_zh;
SET client_encoding = 'UTF8';
\pset format unaligned
CREATE TABLE discover_zh.v AS
    SELECT (ARRAY['张三', '欧阳甲', '王小明', '李 四', '買買提·阿不都'])[1 + i % 5] AS c1,
           (ARRAY['东湖区', '西山区', '海滨市', '高新区'])[1 + i % 4] AS c2,
           (ARRAY['男', '女'])[1 + i % 2] AS c3,
           (ARRAY['汉族', '回族', '维吾尔族'])[1 + i % 3] AS c4,
           (ARRAY['京A00000', '沪AD00000', '粤B·12345'])[1 + i % 3] AS c5,
           -- full-width digits, an ideographic space
           '　' || translate('13900000' || lpad(i::text, 3, '0'), '0123456789', '０１２３４５６７８９') || ' ' AS c6,
           '1901年' || 1 + i % 12 || '月2日' AS c7
      FROM generate_series(1, 100) AS i;
SELECT column_name, kind, category, detector, round(matched::numeric, 3) AS matched, round(distinct_share::numeric, 3) AS distinct_share
    FROM privrelease.discover('discover_zh.v');
CREATE TABLE discover_zh.n ("姓名" text, "联系人" text, "联系人电话" text, "手机号码" text, "身份证号" text, "出生日期" date, "性别" text, "民族" text,
    "婚姻状况" text, "文化程度" text, "职业" text, "工作单位" text, "年收入" numeric, "居住地址" text, "所在街道" text, "邮政编码" text, "主要诊断" text,
    "宗教信仰" text, "残疾类别" text, "银行卡号" text, "账户余额" numeric, "政治面貌" text, "犯罪记录" text, "行踪轨迹" text, "监护人" text, "登录密码" text,
    "ＥＭＡＩＬ" text, "产品名" text, "备注" text, "工号" text, "入院时间" date, "车牌号" text, "人脸照片" bytea);
SELECT column_name, kind, category, detector FROM privrelease.discover('discover_zh.n');
DROP SCHEMA discover_zh CASCADE;
DROP EXTENSION privrelease;
