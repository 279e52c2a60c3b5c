/*
 * test_detect.c
 *		Detectors: what they take for what they look for, what fails a check only,
 *		and what they leave alone.
 */
#include "core/pr_detect.h"
#include "core/pr_resident_id.h"
#include "tap.h"

#define TODAY 20250630

static PrMatch
match(PrDetector detector, const char *text)
{
	PrDetectValue value;

	pr_detect_prepare(&value, text, strlen(text), TODAY);
	return pr_detect(detector, &value);
}

#define FULL(detector, text) (match(detector, text) == PR_MATCH_FULL)
#define FORM(detector, text) (match(detector, text) == PR_MATCH_FORM)
#define NONE(detector, text) (match(detector, text) == PR_MATCH_NONE)

static void
test_resident_id(void)
{
	PrDetector	d = PR_DETECT_RESIDENT_ID;
	char		number[32];

	CHECK(FULL(d, "110101190102280013") && FULL(d, "11010119010301004X") && FULL(d, "11010119010301004x"));
	CHECK(FULL(d, " 110101 19010228 0013\n") && FULL(d, "110101-19010228-0013"));
	CHECK(FORM(d, "110101190102280012") && FORM(d, "110101010228001"));
	CHECK(NONE(d, "110101190102300013") && NONE(d, "000000000000000000") && NONE(d, "11010119010228001"));
	CHECK(NONE(d, "190101190102280013") && NONE(d, "X10101190102280013") && NONE(d, ""));
	/* born tomorrow */
	snprintf(number, sizeof(number), "11010120250701001");
	number[17] = pr_resident_id_check_character(number);
	number[18] = '\0';
	CHECK(NONE(d, number));
	number[13] = '0';
	number[17] = pr_resident_id_check_character(number);
	CHECK(FULL(d, "110101202506300016") == (pr_resident_id_check_character("11010120250630001") == '6'));
	/* a card for permanent residence */
	snprintf(number, sizeof(number), "91115619900101001");
	number[17] = pr_resident_id_check_character(number);
	number[18] = '\0';
	CHECK(FULL(d, number));
	number[17] = number[17] == '0' ? '1' : '0';
	CHECK(NONE(d, number));
	done("resident identity numbers");
}

static void
test_papers(void)
{
	PrDetector	d = PR_DETECT_CREDIT_CODE;

	CHECK(FULL(d, "91110101MA000XY115") && FULL(d, "12310101000000019H") && FULL(d, "91110101-MA000XY11-5"));
	CHECK(FORM(d, "91110101MA000XY114") && NONE(d, "9111010AMA000XY115") && NONE(d, "91110101MA000XY11"));
	CHECK(NONE(d, "91110101MA000XI115"));
	done("credit codes");

	d = PR_DETECT_PASSPORT;
	CHECK(FULL(d, "E00000001") && FULL(d, "EA0000001") && FULL(d, "e 00000001") && FULL(d, "G12345678"));
	CHECK(FULL(d, "E000000019") && FULL(d, "EA00000019") && NONE(d, "E000000018"));
	CHECK(FULL(d, "141234567") && FULL(d, "151234567") && FULL(d, "PE1234567") && FULL(d, "SE1234567") && FULL(d, "DE1234567"));
	CHECK(FULL(d, "K12345678") && FULL(d, "MA1234567"));
	CHECK(NONE(d, "EI0000001") && NONE(d, "EO0000001") && NONE(d, "161234567") && NONE(d, "AE1234567") && NONE(d, "MB1234567"));
	done("passports");

	d = PR_DETECT_TRAVEL_PERMIT;
	CHECK(FULL(d, "H12345678") && FULL(d, "M1234567890") && FULL(d, "C12345678") && FULL(d, "CA1234567"));
	CHECK(NONE(d, "H123456789") && NONE(d, "12345678") && NONE(d, "CI1234567"));
	done("travel permits");
}

static void
test_accounts(void)
{
	CHECK(FULL(PR_DETECT_BANK_CARD, "6200000000000005") && FULL(PR_DETECT_BANK_CARD, "6222 0000 0000 0000 012"));
	CHECK(FORM(PR_DETECT_BANK_CARD, "6200000000000006") && NONE(PR_DETECT_BANK_CARD, "6300000000000005"));
	CHECK(NONE(PR_DETECT_BANK_CARD, "620000000000000") && NONE(PR_DETECT_BANK_CARD, "62000000000000000000"));
	done("bank cards");

	CHECK(FULL(PR_DETECT_CREDIT_CARD, "4000000000000002") && FULL(PR_DETECT_CREDIT_CARD, "5100-0000-0000-0008"));
	CHECK(FORM(PR_DETECT_CREDIT_CARD, "4000000000000003") && NONE(PR_DETECT_CREDIT_CARD, "6000000000000002"));
	CHECK(FULL(PR_DETECT_CREDIT_CARD, "370000000000002") && NONE(PR_DETECT_CREDIT_CARD, "360000000000003"));
	CHECK(FULL(PR_DETECT_CREDIT_CARD, "2221000000000009") && FORM(PR_DETECT_CREDIT_CARD, "3528000000000000"));
	CHECK(NONE(PR_DETECT_CREDIT_CARD, "40000000000000") && NONE(PR_DETECT_CREDIT_CARD, "0000000000000000"));
	done("credit cards");

	CHECK(FULL(PR_DETECT_IMEI, "860000000000009") && FULL(PR_DETECT_IMEI, "350000000000006") && FULL(PR_DETECT_IMEI, "35-000000-000000-6"));
	CHECK(FORM(PR_DETECT_IMEI, "350000000000007") && NONE(PR_DETECT_IMEI, "450000000000005") && NONE(PR_DETECT_IMEI, "999999999999999"));
	done("IMEI");

	CHECK(FULL(PR_DETECT_IBAN, "DE79000000001234567890") && FULL(PR_DETECT_IBAN, "gb21 test 0000 0012 3456 78"));
	CHECK(FORM(PR_DETECT_IBAN, "DE78000000001234567890") && NONE(PR_DETECT_IBAN, "CN79000000001234567890"));
	CHECK(NONE(PR_DETECT_IBAN, "DE7900000000123456789") && NONE(PR_DETECT_IBAN, "DE"));
	done("IBAN");
}

static void
test_telephones(void)
{
	CHECK(FULL(PR_DETECT_MOBILE, "13000000000") && FULL(PR_DETECT_MOBILE, "19900000000"));
	CHECK(FULL(PR_DETECT_MOBILE, "+86 130 0000 0000") && FULL(PR_DETECT_MOBILE, "0086-19900000000") && FULL(PR_DETECT_MOBILE, "8619900000000"));
	CHECK(NONE(PR_DETECT_MOBILE, "12000000000") && NONE(PR_DETECT_MOBILE, "1300000000") && NONE(PR_DETECT_MOBILE, "1300000000000"));
	CHECK(FULL(PR_DETECT_MOBILE, "13333333333") && NONE(PR_DETECT_MOBILE, "11111111111"));
	done("mobile numbers");

	CHECK(FULL(PR_DETECT_LANDLINE, "010-12345678") && FULL(PR_DETECT_LANDLINE, "(021) 1234 5678") && FULL(PR_DETECT_LANDLINE, "0571-1234567"));
	CHECK(FULL(PR_DETECT_LANDLINE, "057112345678") && NONE(PR_DETECT_LANDLINE, "00123456789") && NONE(PR_DETECT_LANDLINE, "01212345678"));
	CHECK(NONE(PR_DETECT_LANDLINE, "0101234567") && NONE(PR_DETECT_LANDLINE, "12345678"));
	done("landlines");

	CHECK(FULL(PR_DETECT_PHONE, "+442079460018") && FULL(PR_DETECT_PHONE, "+12025550143") && FULL(PR_DETECT_PHONE, "+1 (202) 555-0143"));
	CHECK(NONE(PR_DETECT_PHONE, "+042079460018") && NONE(PR_DETECT_PHONE, "442079460018") && NONE(PR_DETECT_PHONE, "+1234567890123456"));
	CHECK(NONE(PR_DETECT_PHONE, "+5") && NONE(PR_DETECT_PHONE, "+1.5"));
	done("E.164");
}

static void
test_plates(void)
{
	PrDetector	d = PR_DETECT_LICENCE_PLATE;

	CHECK(FULL(d, "京A00000") && FULL(d, "沪AD00000") && FULL(d, "京A·00000") && FULL(d, "粤b 12345") && FULL(d, "沪A00000D"));
	CHECK(FULL(d, "粤A1234学") && FULL(d, "粤Z1234港") && FULL(d, "京FF12345"));
	CHECK(NONE(d, "京I00000") && NONE(d, "京A0000") && NONE(d, "京A000000") && NONE(d, "海A00000") && NONE(d, "A00000"));
	CHECK(NONE(d, "粤A12345学") && NONE(d, "粤A123学4") && NONE(d, "京") && NONE(d, "京A0000I"));
	done("licence plates");
}

static void
test_names(void)
{
	PrDetector	d = PR_DETECT_PERSON_NAME;

	CHECK(FULL(d, "张三") && FULL(d, "欧阳甲") && FULL(d, "欧阳甲乙") && FULL(d, "王小明") && FULL(d, "张 三") && FULL(d, "張三"));
	CHECK(FULL(d, "买买提·阿不都") && FULL(d, "买买提•阿不都") && FULL(d, "买买提.阿不都"));
	/* the second character lies outside the BMP */
	CHECK(FULL(d, "王\xF0\xA0\xAE\xB7") && FULL(d, "李\xF0\xA0\xAE\xB7\xF0\xA0\xAE\xB7"));
	CHECK(FORM(d, "水果") && FORM(d, "电子产品") && FORM(d, "张三李四"));
	CHECK(NONE(d, "张") && NONE(d, "张三李四王五") && NONE(d, "Zhang San") && NONE(d, "·张三") && NONE(d, "张三·") && NONE(d, "张··三"));
	CHECK(NONE(d, "张三1") && NONE(d, "\xE5\xBC") && NONE(d, "\xFF\xFF"));
	CHECK(pr_is_surname(0x738B) && pr_is_surname(0x674E) && !pr_is_surname(0x6C34) && !pr_is_surname('A') && !pr_is_surname(-1));
	CHECK(pr_is_compound_surname(0x8BF8, 0x845B) && !pr_is_compound_surname(0x845B, 0x8BF8));
	done("Chinese names");
}

static void
test_addresses(void)
{
	PrDetector	d = PR_DETECT_EMAIL;

	CHECK(FULL(d, "li.ming@example.com") && FULL(d, "a+b@mail.example.org") && FULL(d, " A@B.CN ") && FULL(d, "a@例子.中国"));
	CHECK(FULL(d, "a@b.xn--fiqs8s") && NONE(d, "a@b") && NONE(d, "@example.com") && NONE(d, "a@") && NONE(d, "a b@example.com"));
	CHECK(NONE(d, ".a@example.com") && NONE(d, "a.@example.com") && NONE(d, "a..b@example.com") && NONE(d, "a@-b.com") &&
		  NONE(d, "a@b-.com") && NONE(d, "a@b..com") && NONE(d, "a@b.c") && NONE(d, "a@b.c1") && NONE(d, "a@b@c.com"));
	CHECK(NONE(d, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com"));
	done("e-mail");

	d = PR_DETECT_IP;
	CHECK(FULL(d, "192.0.2.10") && FULL(d, "198.51.100.7") && FULL(d, "2001:db8::1") && FULL(d, "2001:db8:0:1::2"));
	CHECK(FULL(d, "::") && FULL(d, "::1") && FULL(d, "1::") && FULL(d, "1:2:3:4:5:6:7:8") && FULL(d, "::ffff:192.0.2.1") &&
		  FULL(d, "1:2:3:4:5:6:192.0.2.1") && FULL(d, "192.0.2.0/24") && FULL(d, "2001:DB8::/32"));
	CHECK(NONE(d, "192.0.2.256") && NONE(d, "192.0.2") && NONE(d, "192.0.2.1.5") && NONE(d, "192.0.02.1") && NONE(d, "1.2.3.4/33"));
	CHECK(NONE(d, "1:2:3:4:5:6:7") && NONE(d, "1:2:3:4:5:6:7:8:9") && NONE(d, "1::2::3") && NONE(d, "12345::") && NONE(d, ":1") &&
		  NONE(d, "1:") && NONE(d, "1:::2") && NONE(d, "1:2:3:4:5:6:7::8") && NONE(d, "192.0.2.1::") && NONE(d, "g::1") && NONE(d, "1.2.3.4/"));
	done("network addresses");

	CHECK(FULL(PR_DETECT_MAC, "00:1a:2B:3c:4D:5e") && FULL(PR_DETECT_MAC, "00-1a-2B-3c-4D-5e"));
	CHECK(NONE(PR_DETECT_MAC, "00:1a:2B:3c:4D-5e") && NONE(PR_DETECT_MAC, "00:1a:2B:3c:4D") && NONE(PR_DETECT_MAC, "0g:1a:2B:3c:4D:5e"));
	CHECK(FULL(PR_DETECT_URL, "https://example.com/x") && FULL(PR_DETECT_URL, "HTTP://a") && NONE(PR_DETECT_URL, "https://") &&
		  NONE(PR_DETECT_URL, "see http://a b") && NONE(PR_DETECT_URL, "ftp.example.com"));
	done("MAC, URL");
}

static void
test_words(void)
{
	CHECK(FULL(PR_DETECT_SEX, "男") && FULL(PR_DETECT_SEX, "F") && FULL(PR_DETECT_SEX, "Male") && NONE(PR_DETECT_SEX, "L") &&
		  NONE(PR_DETECT_SEX, "m f") && NONE(PR_DETECT_SEX, " "));
	CHECK(FULL(PR_DETECT_ETHNIC_GROUP, "汉") && FULL(PR_DETECT_ETHNIC_GROUP, "汉族") && FULL(PR_DETECT_ETHNIC_GROUP, "柯尔克孜族") &&
		  NONE(PR_DETECT_ETHNIC_GROUP, "民族") && NONE(PR_DETECT_ETHNIC_GROUP, "族") && NONE(PR_DETECT_ETHNIC_GROUP, "蒙"));
	done("sex, ethnic groups");

	CHECK(FULL(PR_DETECT_DATE, "1901-02-28") && FULL(PR_DETECT_DATE, "1901/2/8") && FULL(PR_DETECT_DATE, "19010228") &&
		  FULL(PR_DETECT_DATE, "1901年2月28日") && FULL(PR_DETECT_DATE, "1901-02-28 12:00") && FULL(PR_DETECT_DATE, "1901.2.28"));
	CHECK(NONE(PR_DETECT_DATE, "1901-02-30") && NONE(PR_DETECT_DATE, "19010230") && NONE(PR_DETECT_DATE, "1901-02") &&
		  NONE(PR_DETECT_DATE, "190102281") && NONE(PR_DETECT_DATE, "1901-02-28x") && NONE(PR_DETECT_DATE, "0001-01-01") && NONE(PR_DETECT_DATE, "1901年2月28日1"));
	done("days");
}

int
main(void)
{
	test_resident_id();
	test_papers();
	test_accounts();
	test_telephones();
	test_plates();
	test_names();
	test_addresses();
	test_words();
	return finish();
}
