/*
 * pr_topic.c
 *		Dictionaries of column names: English, pinyin, Chinese.
 *
 * The words of a name are its runs of letters, "maritalStatus" being two; what
 * is looked for is any run of them, joined: "date_of_birth" holds dateofbirth,
 * "phone2" holds phone, "emails" counts as email.  A word of the dictionary
 * with '*' behind it is a beginning; with '=' before it the whole name.
 * Chinese words are looked for anywhere.  In either language the head of a name
 * stands last ("telephone of the contact"), so of several words the one that
 * ends last decides, and of those the longest.
 *
 * Kinds are what GB/T 42460 lists as direct and quasi-identifiers; categories
 * those of GB/T 45574, and the general classes of personal information.  Both
 * are proposals.
 */
#include "postgres.h"

#include <ctype.h>

#include "discover/pr_topic.h"

static const PrTopic topics[] = {
	/* persons and their papers */
	{"person_name", PR_IDENTIFIER, "basic", PR_OF_TEXT,
		"name fullname firstname lastname middlename givenname surname familyname forename nickname maidenname username "
		"customername patientname membername employeename studentname teachername doctorname ownername applicantname payee payer "
		"consignee recipient realname signature signer xingming =xm zhenshixingming nicheng",
	"姓名 名字 昵称 曾用名 户主 法人代表 法定代表人 申请人 收件人 经办人 患者名 负责人"},
	{"person_name", PR_IDENTIFIER, "contacts", PR_OF_TEXT,
		"contact contactname contactperson emergencycontact nextofkin relative spouse spousename father fathername mother mothername lianxiren",
	"联系人 紧急联系人 配偶 父亲 母亲 家属"},
	{"person_name", PR_IDENTIFIER, "minor", PR_OF_TEXT,
		"guardian guardianname child childname children jianhuren", "监护人 儿童姓名 子女"},
	{"", NULL, NULL, PR_OF_ANY,
		"filename tablename columnname schemaname productname brandname projectname itemname typename categoryname coursename modelname "
		"eventname statusname fieldname hostname domainname drugname "
		"samplingweight sampleweight surveyweight householdweight personweight caseweight designweight", "产品名 项目名 商品名 文件名 品名 药品名"},
	{"resident_id", PR_IDENTIFIER, "identity_document", PR_OF_TEXT | PR_OF_NUMBER,
		"idnumber idno idcard idcardno idcardnumber identity identityno identitynumber identitycard identitycardno nationalid nationalidno "
		"citizenid residentid certno certificateno certnumber =sfz sfzh sfzhm shenfenzheng shenfenzhenghao zjhm zhengjianhao zhengjianhaoma",
	"身份证 身份证号 证件号 公民身份号码 居民身份证"},
	{"passport", PR_IDENTIFIER, "identity_document", PR_OF_TEXT | PR_OF_NUMBER,
		"passport passportno passportnumber huzhao huzhaohao", "护照 护照号"},
	{"travel_permit", PR_IDENTIFIER, "identity_document", PR_OF_TEXT | PR_OF_NUMBER,
		"travelpermit permitno homereturnpermit", "通行证 回乡证 台胞证 往来港澳"},
	{"document_number", PR_IDENTIFIER, "identity_document", PR_OF_TEXT | PR_OF_NUMBER,
		"ssn socialsecurity socialsecurityno socialsecuritynumber socialinsuranceno taxid taxno taxpayerid nino drivinglicence drivinglicense "
		"driverlicense driverslicense driverlicence licenceno licenseno licensenumber healthcard healthcardno medicalrecordno medicalrecordnumber mrn insuranceno "
		"insurancenumber insuranceid policyno policynumber shebaohao yibaohao jiashizheng binglihao",
	"社保号 社会保障号 社保卡 医保号 医保卡 驾驶证 驾照 军官证 病历号 住院号 门诊号 就诊卡 健康卡 保单号 纳税人识别号 出生证"},
	{"credit_code", PR_IDENTIFIER, "identity_document", PR_OF_TEXT,
		"creditcode uscc socialcreditcode unifiedsocialcreditcode organizationcode orgcode xinyongdaima", "信用代码 组织机构代码"},
	{"person_key", PR_IDENTIFIER, "network_identity", PR_OF_TEXT | PR_OF_NUMBER | PR_OF_OTHER,
		"person personid personno personkey patientid patientno patientkey customerid customerno clientid clientno memberid memberno employeeid "
		"employeeno staffid staffno studentid studentno userid userno uid subjectid respondentid participantid individualid citizenno "
		"residentno accountid account accountname login loginname openid unionid qq wechat weixin weibo alipay twitter facebook gonghao xuehao",
	"工号 学号 患者编号 客户编号 会员号 人员编号 用户编号 员工编号 用户名 账号 帐号 登录名 微信 微信号"},
	{"authentication", PR_IDENTIFIER, "authentication", PR_OF_ANY,
		"password passwd pwd passphrase pin pincode secret token accesstoken apikey otp salt passwordhash securityanswer mima koulin",
	"密码 口令 密钥 验证码 动态口令"},

	/* ways to reach a person */
	{"mobile", PR_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER,
		"mobile mobileno mobilenumber mobilephone cell cellphone cellphoneno handphone msisdn shouji shoujihao =sjh =sjhm lianxishouji",
	"手机 手机号 移动电话"},
	{"phone", PR_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER,
		"phone phoneno phonenumber telephone telephoneno telephonenumber tel telno homephone workphone dianhua lianxidianhua =lxdh =dhhm",
	"电话 联系电话 联系方式"},
	{"landline", PR_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER, "landline fax faxno faxnumber zuoji chuanzhen", "座机 固定电话 传真"},
	{"email", PR_IDENTIFIER, "basic", PR_OF_TEXT, "email mail emailaddress mailaddress emailid youxiang dianziyoujian", "邮箱 电子邮件 电子邮箱"},
	{"address", PR_IDENTIFIER, "basic", PR_OF_TEXT,
		"address addr streetaddress street homeaddress residence mailingaddress postaladdress houseno housenumber dizhi zhuzhi jiatingzhuzhi =dz",
	"地址 住址 住所 门牌 居住地址 户籍地址"},
	{"url", PR_IDENTIFIER, "network_identity", PR_OF_TEXT, "url homepage website blog profileurl wangzhi", "网址 主页"},
	{"ip", PR_IDENTIFIER, "network_identity", PR_OF_TEXT | PR_OF_OTHER, "ip ipaddress ipaddr ipv clientip remoteip loginip ipdizhi", "IP地址 网络地址"},

	/* accounts, property, things */
	{"bank_card", PR_IDENTIFIER, "finance", PR_OF_TEXT | PR_OF_NUMBER,
		"bankcard bankcardno bankcardnumber bankaccount bankaccountno bankaccountnumber accountno accountnumber cardno cardnumber yinhangka "
		"yinhangkahao kahao yinhangzhanghao",
	"银行卡 银行卡号 银行账号 银行账户 银行帐号 开户账号 卡号"},
	{"credit_card", PR_IDENTIFIER, "finance", PR_OF_TEXT | PR_OF_NUMBER,
		"creditcard creditcardno creditcardnumber ccnumber ccno pan cvv cvc xinyongka", "信用卡 信用卡号"},
	{"iban", PR_IDENTIFIER, "finance", PR_OF_TEXT, "iban ibanno ibannumber", ""},
	{"licence_plate", PR_IDENTIFIER, "property", PR_OF_TEXT,
		"licenceplate licenseplate plate plateno platenumber numberplate carno vehicleno vehiclenumber registrationplate chepai chepaihao",
	"车牌 车牌号 号牌号码"},
	{"vehicle", PR_IDENTIFIER, "property", PR_OF_TEXT, "vin vinno vinnumber chassisno engineno vehicleid", "车架号 车辆识别 发动机号"},
	{"property_number", PR_IDENTIFIER, "property", PR_OF_TEXT | PR_OF_NUMBER, "deedno parcelno titledeed fangchanzheng", "房产证 不动产权证 房产证号"},
	{"imei", PR_IDENTIFIER, "device", PR_OF_TEXT | PR_OF_NUMBER, "imei imeino meid", "手机串号 国际移动设备识别码"},
	{"device", PR_IDENTIFIER, "device", PR_OF_TEXT | PR_OF_NUMBER | PR_OF_OTHER,
		"deviceid deviceno serialno serialnumber idfa idfv oaid androidid imsi iccid udid advertisingid", "设备号 设备编号 设备识别码 序列号"},
	{"mac", PR_IDENTIFIER, "device", PR_OF_TEXT | PR_OF_OTHER, "mac macaddress macaddr", "MAC地址 物理地址"},
	{"biometric", PR_IDENTIFIER, "biometric", PR_OF_ANY,
		"fingerprint face faceimage facefeature faceid iris voiceprint palmprint dna gene genome genotype biometric photo portrait "
		"idphoto avatar headshot zhiwen renlian zhaopian hongmo shengwen",
	"指纹 人脸 虹膜 声纹 掌纹 基因 照片 头像 面部"},
	{"free_text", PR_IDENTIFIER, NULL, PR_OF_TEXT,
		"remark note comment description memo freetext narrative feedback complaint beizhu shuoming miaoshu", "备注 说明 描述 意见 留言 投诉内容"},

	/* quasi-identifiers */
	{"birth_date", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER | PR_OF_TIME,
		"birth birthdate birthday dateofbirth dob birthdt born birthyear yearofbirth yob birthmonth bdate chushengriqi shengri chusheng csrq =csny",
	"出生 出生日期 生日 出生年月 出生年份"},
	{"age", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER, "age ages agegroup ageyears nianling =nl", "年龄 周岁 岁数"},
	{"sex", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER | PR_OF_BOOLEAN, "sex gender ismale isfemale xingbie =xb", "性别"},
	{"postcode", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER,
		"postcode postalcode zip zipcode postcodes youbian youzhengbianma =yzbm", "邮编 邮政编码"},
	{"place", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER,
		"city cityname county district districtname province provincename region regionname town township village municipality community "
		"neighborhood neighbourhood borough state ward placeofbirth birthplace birthcity hometown location building "
		"area areacode regioncode adcode sheng shi chengshi quxian xian jiedao shequ cun jiguan huji xingzhengqu",
	"省 市 区县 县 街道 乡镇 社区 村 籍贯 户籍 出生地 居住地 所在地 行政区 地区 楼栋 小区"},
	{"nationality", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER,
		"nationality citizenship country nativecountry countryofbirth countryname nativeplace guoji", "国籍 国别"},
	{"ethnic_group", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER,
		"ethnic ethnicity ethnicgroup race nation minority indigenous tribe minzu =mz", "民族 种族 族别"},
	{"language", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER, "language mothertongue nativelanguage firstlanguage yuyan muyu", "语言 母语"},
	{"marital_status", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER | PR_OF_BOOLEAN,
		"marital maritalstatus married marriage marriagestatus civilstatus relationship hunyin hunyinzhuangkuang hyzk", "婚姻 婚姻状况 婚否"},
	{"household", PR_QUASI_IDENTIFIER, "basic", PR_OF_TEXT | PR_OF_NUMBER | PR_OF_BOOLEAN,
		"household householdsize familysize householdid familyid hhid numberofchildren childrencount kinship hukou", "家庭人口 户号 户口 家庭关系 子女数"},
	{"education", PR_QUASI_IDENTIFIER, "education_work", PR_OF_TEXT | PR_OF_NUMBER,
		"education educationlevel educationnum edu degree schooling yearsofschooling school schoolname university college major grade diploma "
		"xueli xuewei zhuanye biyeyuanxiao",
	"学历 学位 文化程度 教育程度 毕业院校 学校 专业 受教育年限"},
	{"occupation", PR_QUASI_IDENTIFIER, "education_work", PR_OF_TEXT | PR_OF_NUMBER,
		"occupation job jobtitle profession workclass employer employername company companyname workplace department departmentname "
		"position industry employment employmentstatus rank title zhiye zhiwu zhicheng gongzuodanwei danwei bumen gangwei hangye",
	"职业 职务 职称 工作单位 单位 部门 岗位 行业 就业"},
	{"income", PR_QUASI_IDENTIFIER, "property", PR_OF_TEXT | PR_OF_NUMBER,
		"income totalincome annualincome monthlyincome salary wage earnings pay revenue capitalgain capitalloss pension shouru gongzi xinzi "
		"nianshouru yueshouru",
	"收入 工资 薪资 薪酬 年薪 养老金"},
	{"event_date", PR_QUASI_IDENTIFIER, NULL, PR_OF_TEXT | PR_OF_NUMBER | PR_OF_TIME,
		"admission admissiondate admitdate discharge dischargedate visit visitdate visittime lastvisit appointment appointmentdate deathdate dateofdeath "
		"diagnosisdate surgerydate operationdate hiredate enrolmentdate enrollmentdate graduationdate marriagedate date time timestamp "
		"datetime ruyuanriqi chuyuanriqi jiuzhenriqi riqi shijian",
	"日期 时间 入院 出院 就诊日期 死亡日期 入职 毕业时间"},
	{"coordinates", PR_QUASI_IDENTIFIER, "location", PR_OF_TEXT | PR_OF_NUMBER | PR_OF_OTHER,
		"latitude lat longitude lon lng =long gps geo geom geolocation coordinate coordinates jingdu weidu jingweidu", "经度 纬度 经纬度 坐标 定位"},
	{"weight", PR_QUASI_IDENTIFIER, "health", PR_OF_TEXT | PR_OF_NUMBER, "height weight bodyheight bodyweight shengao tizhong", "身高 体重"},
	{"online_activity", PR_QUASI_IDENTIFIER, "online_activity", PR_OF_ANY,
		"useragent cookie cookieid sessionid browsinghistory clickstream searchhistory searchterm referrer referer visitedurl liulanjilu",
	"浏览记录 上网记录 搜索记录 点击记录"},
	{"movement", PR_QUASI_IDENTIFIER, "movement", PR_OF_TEXT | PR_OF_NUMBER | PR_OF_OTHER,
		"steps stepcount workout exercise runningdistance bushu yundong", "步数 运动 运动记录"},
	{"profile", PR_QUASI_IDENTIFIER, "profile", PR_OF_ANY, "profile persona usertag usertags interests preference preferences biaoqian huaxiang", "标签 画像 偏好 兴趣"},

	/* sensitive */
	{"health", PR_SENSITIVE, "health", PR_OF_ANY,
		"diagnosis diagnos* diagnosiscode icd icdcode disease diseas* illness sickness symptom symptoms medical medicalhistory medication treatment "
		"therapy prescription allergy allergies bloodtype bloodgroup bloodpressure hiv aids cancer pregnan* vaccin* surgery health healthstatus "
		"mentalhealth psychiatric testresult labresult examination chronic* infection heartrate bmi smoker drug zhenduan jibing bingzhong bingshi "
		"guominshi xuexing yongyao jiankang",
	"诊断 疾病 病种 病史 病症 症状 既往史 过敏 用药 处方 治疗 手术 血型 血压 检验 检查 健康 妊娠 疫苗 慢性病 病情"},
	{"religion", PR_SENSITIVE, "religion", PR_OF_ANY, "religion religious religio* faith belief church denomination zongjiao xinyang", "宗教 信仰"},
	{"specific_identity", PR_SENSITIVE, "identity", PR_OF_ANY,
		"disability disab* disabled handicap* disabilitylevel veteran refugee lowincomestatus canji", "残疾 残障 低保 特困 优抚 退役"},
	{"finance", PR_SENSITIVE, "finance", PR_OF_TEXT | PR_OF_NUMBER,
		"balance accountbalance deposit savings loan debt mortgage creditlimit transactionamount transfer assets networth zichan cunkuan daikuan",
	"余额 存款 贷款 负债 资产 流水 交易金额"},
	{"credit_history", PR_SENSITIVE, "other", PR_OF_ANY, "creditscore creditrating credithistory creditreport zhengxin", "征信 信用分 信用评分"},
	{"criminal_record", PR_SENSITIVE, "other", PR_OF_ANY,
		"criminal criminalrecord conviction offence offense crime arrest sentence prison fanzui qianke", "犯罪 前科 违法 刑罚 判决"},
	{"sexual_life", PR_SENSITIVE, "other", PR_OF_ANY, "sexualorientation orientation sexuality sexual* sexlife xingquxiang", "性取向 性生活 婚史"},
	{"politics", PR_SENSITIVE, "other", PR_OF_ANY, "political politic* party partymember politicalstatus union unionmember zhengzhimianmao dangyuan", "政治面貌 党派 党员"},
	{"whereabouts", PR_SENSITIVE, "whereabouts", PR_OF_ANY,
		"trajectory track tracks route itinerary trip tripdetails checkin checkins whereabouts travelhistory guiji xingcheng", "轨迹 行踪 行程 住宿记录"},
	{"communication", PR_SENSITIVE, "communication", PR_OF_ANY, "sms smstext message messagetext chat chatlog callrecord calllog callhistory duanxin tonghua", "短信 通话 聊天 通讯录 通信内容"},
};

/* ---------- the words of a name ---------- */

#define MOST_WORDS 16
#define MOST_NAME 256			/* 63 bytes of another encoding may be more in UTF-8 */

typedef struct Words
{
	char		joined[MOST_NAME];	/* all words in lower case, one after the other */
	int			start[MOST_WORDS + 1];	/* where each begins, and where the last ends */
	int			n;
} Words;

/* Does a word begin at s, a letter after a letter? "maritalStatus", "IDNumber". */
static bool
begins_inside(const char *name, const char *s)
{
	if (!isupper((unsigned char) s[0]))
		return false;
	return s > name && (islower((unsigned char) s[-1]) || (isupper((unsigned char) s[-1]) && islower((unsigned char) s[1])));
}

static void
split_words(const char *name, Words *words)
{
	int			length = 0;
	bool		inside = false;

	words->n = 0;
	for (const char *s = name; *s != '\0' && length < MOST_NAME - 1; s++)
	{
		bool		letter = isascii((unsigned char) *s) && isalpha((unsigned char) *s);

		if (letter && (!inside || begins_inside(name, s)))
		{
			if (words->n == MOST_WORDS)
				break;
			words->start[words->n++] = length;
		}
		if (letter)
			words->joined[length++] = pg_ascii_tolower((unsigned char) *s);
		inside = letter;
	}
	words->start[words->n] = length;
	words->joined[length] = '\0';
}

/* Is the text from start to end the word, or its plural? */
static bool
is_word(const char *joined, int start, int end, const char *word, int length)
{
	if (end - start == length + 1 && joined[end - 1] == 's')
		end--;
	return end - start == length && memcmp(joined + start, word, length) == 0;
}

/* How good a word of the dictionary is: where it ends in the name, then how long it is. */
typedef struct Hit
{
	int			end;
	int			length;
} Hit;

static bool
better(Hit a, Hit b)
{
	return a.end > b.end || (a.end == b.end && a.length > b.length);
}

static Hit
find_word(const Words *words, const char *word, int length)
{
	Hit			best = {-1, 0};
	bool		whole = *word == '=';
	bool		beginning = word[length - 1] == '*';

	word += whole ? 1 : 0;
	length -= (whole ? 1 : 0) + (beginning ? 1 : 0);
	for (int first = 0; first < words->n; first++)
	{
		for (int last = first; last < words->n; last++)
		{
			int			start = words->start[first];
			int			end = words->start[last + 1];
			Hit			hit = {end, length};
			bool		found;

			if (whole && (first > 0 || last < words->n - 1))
				continue;
			found = beginning ? end - start >= length && memcmp(words->joined + start, word, length) == 0
				: is_word(words->joined, start, end, word, length);
			if (found && better(hit, best))
				best = hit;
		}
	}
	return best;
}

static Hit
find_han(const char *name, const char *word, int length)
{
	Hit			best = {-1, 0};
	int			n = strlen(name);

	for (int start = 0; start + length <= n; start++)
		if (pg_strncasecmp(name + start, word, length) == 0)
			best = (Hit) {start + length, length};
	return best;
}

/* The best hit among the words of a list that blanks separate. */
static Hit
find_best(const char *list, const char *name, const Words *words)
{
	Hit			best = {-1, 0};

	while (*list != '\0')
	{
		int			length = strcspn(list, " ");
		Hit			hit = words != NULL ? find_word(words, list, length) : find_han(name, list, length);

		if (length > 0 && better(hit, best))
			best = hit;
		list += length;
		list += strspn(list, " ");
	}
	return best;
}

static bool
has_han(const char *name)
{
	for (; *name != '\0'; name++)
		if (IS_HIGHBIT_SET(*name))
			return true;
	return false;
}

const PrTopic *
pr_topic_of(const char *name, int type)
{
	const PrTopic *best_topic = NULL;
	Hit			best = {-1, 0};
	bool		chinese = has_han(name);
	Words		words;

	split_words(name, &words);
	for (int i = 0; i < lengthof(topics); i++)
	{
		const PrTopic *topic = &topics[i];
		Hit			hit = chinese ? find_best(topic->han, name, NULL) : find_best(topic->words, name, &words);

		if ((topic->types & type) == 0 || hit.end < 0 || !better(hit, best))
			continue;
		best = hit;
		best_topic = topic;
	}
	return best_topic != NULL && best_topic->kind != NULL ? best_topic : NULL;
}
