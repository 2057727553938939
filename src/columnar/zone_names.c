/* Short and long names of time zones in English, as Java's locale data has them: recorded from Java 17's TimeZone for
 * every zone id it knows. Zones with the same names share an entry. */
#include <string.h>

#include "columnar/time_zone_private.h"

typedef struct ZoneNames {
    WeirZoneNames names;
    const char *ids; /* separated by blanks, with blanks around */
} ZoneNames;

static const ZoneNames zone_names[] = {
    {{"Acre Standard Time", "ACT", "Acre Summer Time", "ACST"},
     " America/Eirunepe America/Porto_Acre America/Rio_Branco Brazil/Acre "},
    {{"Afghanistan Time", "AFT", "Afghanistan Summer Time", "AFST"}, " Asia/Kabul "},
    {{"Alaska Standard Time", "AKST", "Alaska Daylight Time", "AKDT"},
     " America/Anchorage America/Juneau America/Metlakatla America/Nome America/Sitka America/Yakutat US/Alaska "},
    {{"Amazon Standard Time", "AMT", "Amazon Summer Time", "AMST"},
     " America/Boa_Vista America/Campo_Grande America/Cuiaba America/Manaus America/Porto_Velho Brazil/West "},
    {{"Anadyr Standard Time", "ANAT", "Anadyr Summer Time", "ANAST"}, " Asia/Anadyr "},
    {{"Apia Standard Time", "WSST", "Apia Daylight Time", "WSDT"}, " Pacific/Apia "},
    {{"Arabian Standard Time", "AST", "Arabian Daylight Time", "ADT"},
     " Asia/Aden Asia/Baghdad Asia/Bahrain Asia/Kuwait Asia/Qatar Asia/Riyadh "},
    {{"Argentina Standard Time", "ART", "Argentina Summer Time", "ARST"},
     " America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/ComodRivadavia "
     "America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/La_Rioja America/Argentina/Mendoza "
     "America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Juan America/Argentina/San_Luis "
     "America/Argentina/Tucuman America/Argentina/Ushuaia America/Buenos_Aires America/Catamarca America/Cordoba "
     "America/Jujuy America/Mendoza America/Rosario "},
    {{"Armenia Standard Time", "AMT", "Armenia Summer Time", "AMST"}, " Asia/Yerevan "},
    {{"Astrakhan Standard Time", "GMT+04:00", "Astrakhan Standard Time", "GMT+04:00"}, " Europe/Astrakhan "},
    {{"Atlantic Standard Time", "AST", "Atlantic Daylight Time", "ADT"},
     " America/Anguilla America/Antigua America/Aruba America/Barbados America/Blanc-Sablon America/Curacao "
     "America/Dominica America/Glace_Bay America/Goose_Bay America/Grenada America/Guadeloupe America/Halifax "
     "America/Kralendijk America/Lower_Princes America/Marigot America/Martinique America/Moncton America/Montserrat "
     "America/Port_of_Spain America/Puerto_Rico America/Santo_Domingo America/St_Barthelemy America/St_Kitts "
     "America/St_Lucia America/St_Thomas America/St_Vincent America/Thule America/Tortola America/Virgin "
     "Atlantic/Bermuda Canada/Atlantic "},
    {{"Australian Central Standard Time", "ACST", "Australian Central Daylight Time", "ACDT"},
     " Australia/Adelaide Australia/Broken_Hill Australia/Darwin Australia/North Australia/South "
     "Australia/Yancowinna "},
    {{"Australian Central Western Standard Time", "ACWST", "Australian Central Western Daylight Time", "ACWDT"},
     " Australia/Eucla "},
    {{"Australian Eastern Standard Time", "AEST", "Australian Eastern Daylight Time", "AEDT"},
     " Antarctica/Macquarie Australia/ACT Australia/Brisbane Australia/Canberra Australia/Currie Australia/Hobart "
     "Australia/Lindeman Australia/Melbourne Australia/NSW Australia/Queensland Australia/Sydney Australia/Tasmania "
     "Australia/Victoria "},
    {{"Australian Western Standard Time", "AWST", "Australian Western Daylight Time", "AWDT"},
     " Australia/Perth Australia/West "},
    {{"Azerbaijan Standard Time", "AZT", "Azerbaijan Summer Time", "AZST"}, " Asia/Baku "},
    {{"Azores Standard Time", "AZOT", "Azores Summer Time", "AZOST"}, " Atlantic/Azores "},
    {{"Bangladesh Standard Time", "BDT", "Bangladesh Summer Time", "BDST"}, " Asia/Dacca Asia/Dhaka "},
    {{"Barnaul Standard Time", "GMT+07:00", "Barnaul Daylight Time", "GMT+07:00"}, " Asia/Barnaul "},
    {{"Bhutan Time", "BTT", "Bhutan Summer Time", "BTST"}, " Asia/Thimbu Asia/Thimphu "},
    {{"Bolivia Time", "BOT", "Bolivia Summer Time", "BOST"}, " America/La_Paz "},
    {{"Bougainville Standard Time", "BST", "Bougainville Daylight Time", "BST"}, " Pacific/Bougainville "},
    {{"Brasilia Standard Time", "BRT", "Brasilia Summer Time", "BRST"},
     " America/Araguaina America/Bahia America/Belem America/Fortaleza America/Maceio America/Recife America/Santarem "
     "America/Sao_Paulo Brazil/East "},
    {{"Brunei Darussalam Time", "BNT", "Brunei Summer Time", "BNST"}, " Asia/Brunei "},
    {{"Cape Verde Standard Time", "CVT", "Cape Verde Summer Time", "CVST"}, " Atlantic/Cape_Verde "},
    {{"Casey Time", "AWST", "Australian Western Daylight Time", "AWDT"}, " Antarctica/Casey "},
    {{"Central Africa Time", "CAT", "Central African Summer Time", "CAST"},
     " Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Juba Africa/Khartoum Africa/Kigali "
     "Africa/Lubumbashi Africa/Lusaka Africa/Maputo "},
    {{"Central Africa Time", "CAT", "Western African Time", "WAT"}, " Africa/Windhoek "},
    {{"Central European Standard Time", "CET", "Central European Summer Time", "CEST"},
     " Africa/Algiers Africa/Ceuta Africa/Tunis Arctic/Longyearbyen Atlantic/Jan_Mayen Europe/Amsterdam Europe/Andorra "
     "Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen "
     "Europe/Copenhagen Europe/Gibraltar Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco "
     "Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo "
     "Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Warsaw "
     "Europe/Zagreb Europe/Zurich Poland "},
    {{"Central European Time", "CET", "Central European Summer Time", "CEST"}, " CET "},
    {{"Central Indonesia Time", "WITA", "Central Indonesia Summer Time", "CIST"}, " Asia/Makassar Asia/Ujung_Pandang "},
    {{"Central Standard Time", "CST", "Central Daylight Time", "CDT"},
     " America/Bahia_Banderas America/Belize America/Chicago America/Chihuahua America/Costa_Rica America/El_Salvador "
     "America/Guatemala America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN America/Managua "
     "America/Matamoros America/Menominee America/Merida America/Mexico_City America/Monterrey "
     "America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem America/Ojinaga "
     "America/Rainy_River America/Rankin_Inlet America/Regina America/Resolute America/Swift_Current "
     "America/Tegucigalpa America/Winnipeg CST6CDT Canada/Central Canada/Saskatchewan Mexico/General US/Central "
     "US/Indiana-Starke "},
    {{"Chamorro Standard Time", "ChST", "Chamorro Daylight Time", "ChDT"}, " Pacific/Guam Pacific/Saipan "},
    {{"Chatham Standard Time", "CHAST", "Chatham Daylight Time", "CHADT"}, " NZ-CHAT Pacific/Chatham "},
    {{"Chile Standard Time", "CLT", "Chile Summer Time", "CLST"}, " America/Santiago Chile/Continental "},
    {{"Chile Time", "CLT", "Chile Summer Time", "CLST"}, " Antarctica/Palmer "},
    {{"China Standard Time", "CST", "China Daylight Time", "CDT"},
     " Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai PRC "},
    {{"Christmas Island Time", "CXT", "Christmas Island Summer Time", "CXST"}, " Indian/Christmas "},
    {{"Chuuk Time", "CHUT", "Chuuk Summer Time", "CHUST"}, " Pacific/Chuuk Pacific/Truk Pacific/Yap "},
    {{"Cocos Islands Time", "CCT", "Cocos Islands Summer Time", "CCST"}, " Indian/Cocos "},
    {{"Colombia Standard Time", "COT", "Colombia Summer Time", "COST"}, " America/Bogota "},
    {{"Cook Islands Standard Time", "CKT", "Cook Islands Half Summer Time", "CKHST"}, " Pacific/Rarotonga "},
    {{"Coordinated Universal Time", "UTC", "Coordinated Universal Time", "UTC"},
     " Etc/UCT Etc/UTC Etc/Universal Etc/Zulu UCT UTC Universal Zulu "},
    {{"Cuba Standard Time", "CST", "Cuba Daylight Time", "CDT"}, " America/Havana Cuba "},
    {{"Davis Time", "DAVT", "Davis Summer Time", "DAVST"}, " Antarctica/Davis "},
    {{"Dumont-d’Urville Time", "DDUT", "Dumont-d'Urville Summer Time", "DDUST"}, " Antarctica/DumontDUrville "},
    {{"East Africa Time", "EAT", "Eastern African Summer Time", "EAST"},
     " Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala "
     "Africa/Mogadishu Africa/Nairobi Indian/Antananarivo Indian/Comoro Indian/Mayotte "},
    {{"East Greenland Standard Time", "EGT", "East Greenland Summer Time", "EGST"}, " America/Scoresbysund "},
    {{"East Kazakhstan Time", "ALMT", "Alma-Ata Summer Time", "ALMST"}, " Asia/Almaty "},
    {{"East Kazakhstan Time", "QOST", "Kostanay Summer Time", "QOSST"}, " Asia/Qostanay "},
    {{"East Timor Time", "TLT", "Timor-Leste Summer Time", "TLST"}, " Asia/Dili "},
    {{"Easter Island Standard Time", "EAST", "Easter Island Summer Time", "EASST"},
     " Chile/EasterIsland Pacific/Easter "},
    {{"Eastern European Standard Time", "EET", "Eastern European Summer Time", "EEST"},
     " Africa/Cairo Africa/Tripoli Asia/Amman Asia/Beirut Asia/Damascus Asia/Gaza Asia/Hebron Asia/Nicosia Egypt "
     "Europe/Athens Europe/Bucharest Europe/Chisinau Europe/Helsinki Europe/Kaliningrad Europe/Kiev Europe/Kyiv "
     "Europe/Mariehamn Europe/Nicosia Europe/Riga Europe/Sofia Europe/Tallinn Europe/Tiraspol Europe/Uzhgorod "
     "Europe/Vilnius Europe/Zaporozhye Libya "},
    {{"Eastern European Time", "EET", "Eastern European Summer Time", "EEST"}, " Asia/Famagusta EET "},
    {{"Eastern Indonesia Time", "WIT", "East Indonesia Summer Time", "EIST"}, " Asia/Jayapura "},
    {{"Eastern Standard Time", "EST", "Eastern Daylight Time", "EDT"},
     " America/Atikokan America/Cancun America/Cayman America/Coral_Harbour America/Detroit America/Fort_Wayne "
     "America/Grand_Turk America/Indiana/Indianapolis America/Indiana/Marengo America/Indiana/Petersburg "
     "America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac America/Indianapolis America/Iqaluit "
     "America/Jamaica America/Kentucky/Louisville America/Kentucky/Monticello America/Louisville America/Montreal "
     "America/Nassau America/New_York America/Nipigon America/Panama America/Pangnirtung America/Port-au-Prince "
     "America/Thunder_Bay America/Toronto Canada/Eastern EST5EDT Jamaica US/East-Indiana US/Eastern US/Michigan "},
    {{"Ecuador Time", "ECT", "Ecuador Summer Time", "ECST"}, " America/Guayaquil "},
    {{"Falkland Islands Standard Time", "FKT", "Falkland Islands Summer Time", "FKST"}, " Atlantic/Stanley "},
    {{"Fernando de Noronha Standard Time", "FNT", "Fernando de Noronha Summer Time", "FNST"},
     " America/Noronha Brazil/DeNoronha "},
    {{"Fiji Standard Time", "FJT", "Fiji Summer Time", "FJST"}, " Pacific/Fiji "},
    {{"French Guiana Time", "GFT", "French Guiana Summer Time", "GFST"}, " America/Cayenne "},
    {{"French Southern & Antarctic Time", "TFT", "French Southern & Antarctic Lands Summer Time", "TFST"},
     " Indian/Kerguelen "},
    {{"GMT+01:00", "GMT+01:00", "GMT+01:00", "GMT+01:00"}, " Etc/GMT-1 "},
    {{"GMT+02:00", "GMT+02:00", "GMT+02:00", "GMT+02:00"}, " Etc/GMT-2 "},
    {{"GMT+03:00", "GMT+03:00", "GMT+03:00", "GMT+03:00"}, " Etc/GMT-3 "},
    {{"GMT+04:00", "GMT+04:00", "GMT+04:00", "GMT+04:00"}, " Etc/GMT-4 "},
    {{"GMT+05:00", "GMT+05:00", "GMT+05:00", "GMT+05:00"}, " Etc/GMT-5 "},
    {{"GMT+06:00", "GMT+06:00", "GMT+06:00", "GMT+06:00"}, " Etc/GMT-6 "},
    {{"GMT+07:00", "GMT+07:00", "GMT+07:00", "GMT+07:00"}, " Etc/GMT-7 "},
    {{"GMT+08:00", "GMT+08:00", "GMT+08:00", "GMT+08:00"}, " Etc/GMT-8 "},
    {{"GMT+09:00", "GMT+09:00", "GMT+09:00", "GMT+09:00"}, " Etc/GMT-9 "},
    {{"GMT+10:00", "GMT+10:00", "GMT+10:00", "GMT+10:00"}, " Etc/GMT-10 "},
    {{"GMT+11:00", "GMT+11:00", "GMT+11:00", "GMT+11:00"}, " Etc/GMT-11 "},
    {{"GMT+12:00", "GMT+12:00", "GMT+12:00", "GMT+12:00"}, " Etc/GMT-12 "},
    {{"GMT+13:00", "GMT+13:00", "GMT+13:00", "GMT+13:00"}, " Etc/GMT-13 "},
    {{"GMT+14:00", "GMT+14:00", "GMT+14:00", "GMT+14:00"}, " Etc/GMT-14 "},
    {{"GMT-01:00", "GMT-01:00", "GMT-01:00", "GMT-01:00"}, " Etc/GMT+1 "},
    {{"GMT-02:00", "GMT-02:00", "GMT-02:00", "GMT-02:00"}, " Etc/GMT+2 "},
    {{"GMT-03:00", "GMT-03:00", "GMT-03:00", "GMT-03:00"}, " Etc/GMT+3 "},
    {{"GMT-04:00", "GMT-04:00", "GMT-04:00", "GMT-04:00"}, " Etc/GMT+4 "},
    {{"GMT-05:00", "GMT-05:00", "GMT-05:00", "GMT-05:00"}, " Etc/GMT+5 "},
    {{"GMT-06:00", "GMT-06:00", "GMT-06:00", "GMT-06:00"}, " Etc/GMT+6 "},
    {{"GMT-07:00", "GMT-07:00", "GMT-07:00", "GMT-07:00"}, " Etc/GMT+7 "},
    {{"GMT-08:00", "GMT-08:00", "GMT-08:00", "GMT-08:00"}, " Etc/GMT+8 "},
    {{"GMT-09:00", "GMT-09:00", "GMT-09:00", "GMT-09:00"}, " Etc/GMT+9 "},
    {{"GMT-10:00", "GMT-10:00", "GMT-10:00", "GMT-10:00"}, " Etc/GMT+10 "},
    {{"GMT-11:00", "GMT-11:00", "GMT-11:00", "GMT-11:00"}, " Etc/GMT+11 "},
    {{"GMT-12:00", "GMT-12:00", "GMT-12:00", "GMT-12:00"}, " Etc/GMT+12 "},
    {{"Galapagos Time", "GALT", "Galapagos Summer Time", "GALST"}, " Pacific/Galapagos "},
    {{"Gambier Time", "GAMT", "Gambier Summer Time", "GAMST"}, " Pacific/Gambier "},
    {{"Georgia Standard Time", "GET", "Georgia Summer Time", "GEST"}, " Asia/Tbilisi "},
    {{"Gilbert Islands Time", "GILT", "Gilbert Is. Summer Time", "GILST"}, " Pacific/Tarawa "},
    {{"Greenwich Mean Time", "GMT", "British Summer Time", "BST"},
     " Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London GB GB-Eire "},
    {{"Greenwich Mean Time", "GMT", "Central European Summer Time", "CEST"}, " Antarctica/Troll "},
    {{"Greenwich Mean Time", "GMT", "Ghana Summer Time", "GHST"}, " Africa/Accra "},
    {{"Greenwich Mean Time", "GMT", "Greenwich Mean Time", "GMT"},
     " Africa/Abidjan Africa/Bamako Africa/Banjul Africa/Bissau Africa/Conakry Africa/Dakar Africa/Freetown "
     "Africa/Lome Africa/Monrovia Africa/Nouakchott Africa/Ouagadougou Africa/Sao_Tome Africa/Timbuktu "
     "America/Danmarkshavn Atlantic/Reykjavik Atlantic/St_Helena Etc/GMT Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich "
     "GMT GMT0 Greenwich Iceland "},
    {{"Greenwich Mean Time", "GMT", "Irish Standard Time", "IST"}, " Eire Europe/Dublin "},
    {{"Gulf Standard Time", "GST", "Gulf Daylight Time", "GDT"}, " Asia/Dubai Asia/Muscat "},
    {{"Guyana Time", "GYT", "Guyana Summer Time", "GYST"}, " America/Guyana "},
    {{"Hawaii-Aleutian Standard Time", "HAST", "Hawaii-Aleutian Daylight Time", "HADT"},
     " America/Adak America/Atka Pacific/Johnston US/Aleutian "},
    {{"Hawaii-Aleutian Standard Time", "HST", "Hawaii-Aleutian Daylight Time", "HDT"}, " Pacific/Honolulu US/Hawaii "},
    {{"Hong Kong Standard Time", "HKT", "Hong Kong Summer Time", "HKST"}, " Asia/Hong_Kong Hongkong "},
    {{"Hovd Standard Time", "HOVT", "Hovd Summer Time", "HOVST"}, " Asia/Hovd "},
    {{"India Standard Time", "IST", "India Daylight Time", "IDT"}, " Asia/Calcutta Asia/Colombo Asia/Kolkata "},
    {{"Indian Ocean Time", "IOT", "Indian Ocean Territory Summer Time", "IOST"}, " Indian/Chagos "},
    {{"Indochina Time", "ICT", "Indochina Summer Time", "ICST"},
     " Asia/Bangkok Asia/Ho_Chi_Minh Asia/Phnom_Penh Asia/Saigon Asia/Vientiane "},
    {{"Iran Standard Time", "IRST", "Iran Daylight Time", "IRDT"}, " Asia/Tehran Iran "},
    {{"Irkutsk Standard Time", "IRKT", "Irkutsk Summer Time", "IRKST"}, " Asia/Irkutsk "},
    {{"Israel Standard Time", "IST", "Israel Daylight Time", "IDT"}, " Asia/Jerusalem Asia/Tel_Aviv Israel "},
    {{"Japan Standard Time", "JST", "Japan Daylight Time", "JDT"}, " Asia/Tokyo Japan "},
    {{"Kanton Standard Time", "GMT+13:00", "Kanton Daylight Time", "GMT+13:00"}, " Pacific/Kanton "},
    {{"Korean Standard Time", "KST", "Korean Daylight Time", "KDT"}, " Asia/Pyongyang Asia/Seoul ROK "},
    {{"Kosrae Time", "KOST", "Kosrae Summer Time", "KOSST"}, " Pacific/Kosrae "},
    {{"Krasnoyarsk Standard Time", "KRAT", "Krasnoyarsk Summer Time", "KRAST"}, " Asia/Krasnoyarsk Asia/Novokuznetsk "},
    {{"Kyrgyzstan Time", "KGT", "Kirgizstan Summer Time", "KGST"}, " Asia/Bishkek "},
    {{"Line Islands Time", "LINT", "Line Is. Summer Time", "LINST"}, " Pacific/Kiritimati "},
    {{"Lord Howe Standard Time", "LHST", "Lord Howe Daylight Time", "LHDT"}, " Australia/LHI Australia/Lord_Howe "},
    {{"Magadan Standard Time", "MAGT", "Magadan Summer Time", "MAGST"}, " Asia/Magadan "},
    {{"Malaysia Time", "MYT", "Malaysia Summer Time", "MYST"}, " Asia/Kuala_Lumpur Asia/Kuching "},
    {{"Maldives Time", "MVT", "Maldives Summer Time", "MVST"}, " Indian/Maldives "},
    {{"Marquesas Time", "MART", "Marquesas Summer Time", "MARST"}, " Pacific/Marquesas "},
    {{"Marshall Islands Time", "MHT", "Marshall Islands Summer Time", "MHST"},
     " Kwajalein Pacific/Kwajalein Pacific/Majuro "},
    {{"Mauritius Standard Time", "MUT", "Mauritius Summer Time", "MUST"}, " Indian/Mauritius "},
    {{"Mawson Time", "MAWT", "Mawson Summer Time", "MAWST"}, " Antarctica/Mawson "},
    {{"Mexican Pacific Standard Time", "MST", "Mexican Pacific Daylight Time", "MDT"},
     " America/Hermosillo America/Mazatlan Mexico/BajaSur "},
    {{"Middle Europe Time", "MET", "Middle Europe Summer Time", "MEST"}, " MET "},
    {{"Moscow Standard Time", "MSK", "Moscow Daylight Time", "MSD"}, " Europe/Kirov "},
    {{"Moscow Standard Time", "MSK", "Moscow Summer Time", "MSD"},
     " Europe/Minsk Europe/Moscow Europe/Simferopol W-SU "},
    {{"Mountain Standard Time", "MST", "Mountain Daylight Time", "MDT"},
     " America/Boise America/Cambridge_Bay America/Ciudad_Juarez America/Creston America/Dawson America/Dawson_Creek "
     "America/Denver America/Edmonton America/Fort_Nelson America/Inuvik America/Phoenix America/Shiprock "
     "America/Whitehorse America/Yellowknife Canada/Mountain Canada/Yukon MST7MDT Navajo US/Arizona US/Mountain "},
    {{"Myanmar Time", "MMT", "Myanmar Summer Time", "MMST"}, " Asia/Rangoon Asia/Yangon "},
    {{"Nauru Time", "NRT", "Nauru Summer Time", "NRST"}, " Pacific/Nauru "},
    {{"Nepal Time", "NPT", "Nepal Summer Time", "NPST"}, " Asia/Kathmandu Asia/Katmandu "},
    {{"New Caledonia Standard Time", "NCT", "New Caledonia Summer Time", "NCST"}, " Pacific/Noumea "},
    {{"New Zealand Standard Time", "NZST", "New Zealand Daylight Time", "NZDT"},
     " Antarctica/McMurdo Antarctica/South_Pole NZ Pacific/Auckland "},
    {{"Newfoundland Standard Time", "NST", "Newfoundland Daylight Time", "NDT"},
     " America/St_Johns Canada/Newfoundland "},
    {{"Niue Time", "NUT", "Niue Summer Time", "NUST"}, " Pacific/Niue "},
    {{"Norfolk Island Standard Time", "NFT", "Norfolk Island Daylight Time", "NFST"}, " Pacific/Norfolk "},
    {{"Northwest Mexico Standard Time", "PST", "Northwest Mexico Daylight Time", "PDT"}, " America/Santa_Isabel "},
    {{"Novosibirsk Standard Time", "NOVT", "Novosibirsk Summer Time", "NOVST"}, " Asia/Novosibirsk "},
    {{"Omsk Standard Time", "OMST", "Omsk Summer Time", "OMSST"}, " Asia/Omsk "},
    {{"Pacific Standard Time", "PST", "Pacific Daylight Time", "PDT"},
     " America/Ensenada America/Los_Angeles America/Tijuana America/Vancouver Canada/Pacific Mexico/BajaNorte PST8PDT "
     "US/Pacific "},
    {{"Pakistan Standard Time", "PKT", "Pakistan Summer Time", "PKST"}, " Asia/Karachi "},
    {{"Palau Time", "PWT", "Palau Summer Time", "PWST"}, " Pacific/Palau "},
    {{"Papua New Guinea Time", "PGT", "Papua New Guinea Summer Time", "PGST"}, " Pacific/Port_Moresby "},
    {{"Paraguay Standard Time", "PYT", "Paraguay Summer Time", "PYST"}, " America/Asuncion "},
    {{"Peru Standard Time", "PET", "Peru Summer Time", "PEST"}, " America/Lima "},
    {{"Petropavlovsk-Kamchatski Standard Time", "PETT", "Petropavlovsk-Kamchatski Summer Time", "PETST"},
     " Asia/Kamchatka "},
    {{"Philippine Standard Time", "PST", "Philippine Summer Time", "PDT"}, " Asia/Manila "},
    {{"Phoenix Islands Time", "PHOT", "Phoenix Is. Summer Time", "PHOST"}, " Pacific/Enderbury "},
    {{"Pitcairn Time", "PST", "Pitcairn Daylight Time", "PDT"}, " Pacific/Pitcairn "},
    {{"Ponape Time", "PONT", "Pohnpei Summer Time", "PONST"}, " Pacific/Pohnpei Pacific/Ponape "},
    {{"Punta Arenas Standard Time", "GMT-03:00", "Punta Arenas Standard Time", "GMT-03:00"}, " America/Punta_Arenas "},
    {{"Rothera Time", "ROTT", "Rothera Summer Time", "ROTST"}, " Antarctica/Rothera "},
    {{"Réunion Time", "RET", "Reunion Summer Time", "REST"}, " Indian/Reunion "},
    {{"Sakhalin Standard Time", "SAKT", "Sakhalin Summer Time", "SAKST"}, " Asia/Sakhalin "},
    {{"Samara Standard Time", "SAMT", "Samara Summer Time", "SAMST"}, " Europe/Samara "},
    {{"Samoa Standard Time", "SST", "Samoa Daylight Time", "SDT"},
     " Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa "},
    {{"Saratov Standard Time", "GMT+04:00", "Saratov Standard Time", "GMT+04:00"}, " Europe/Saratov "},
    {{"Seychelles Time", "SCT", "Seychelles Summer Time", "SCST"}, " Indian/Mahe "},
    {{"Singapore Standard Time", "SGT", "Singapore Summer Time", "SGST"}, " Asia/Singapore Singapore "},
    {{"Solomon Islands Time", "SBT", "Solomon Is. Summer Time", "SBST"}, " Pacific/Guadalcanal "},
    {{"South Africa Standard Time", "SAST", "South Africa Summer Time", "SAST"},
     " Africa/Johannesburg Africa/Maseru Africa/Mbabane "},
    {{"South Georgia Time", "GST", "South Georgia Daylight Time", "GDT"}, " Atlantic/South_Georgia "},
    {{"Srednekolymsk Time", "SRET", "Srednekolymsk Daylight Time", "SREDT"}, " Asia/Srednekolymsk "},
    {{"St. Pierre & Miquelon Standard Time", "PMST", "St. Pierre & Miquelon Daylight Time", "PMDT"},
     " America/Miquelon "},
    {{"Suriname Time", "SRT", "Suriname Summer Time", "SRST"}, " America/Paramaribo "},
    {{"Syowa Time", "SYOT", "Syowa Summer Time", "SYOST"}, " Antarctica/Syowa "},
    {{"Tahiti Time", "TAHT", "Tahiti Summer Time", "TAHST"}, " Pacific/Tahiti "},
    {{"Taipei Standard Time", "CST", "Taipei Daylight Time", "CDT"}, " Asia/Taipei "},
    {{"Tajikistan Time", "TJT", "Tajikistan Summer Time", "TJST"}, " Asia/Dushanbe "},
    {{"Tokelau Time", "TKT", "Tokelau Summer Time", "TKST"}, " Pacific/Fakaofo "},
    {{"Tomsk Standard Time", "GMT+07:00", "Tomsk Daylight Time", "GMT+07:00"}, " Asia/Tomsk "},
    {{"Tonga Standard Time", "TOT", "Tonga Summer Time", "TOST"}, " Pacific/Tongatapu "},
    {{"Turkey Time", "TRT", "Turkey Summer Time", "TRST"}, " Asia/Istanbul Europe/Istanbul Turkey "},
    {{"Turkmenistan Standard Time", "TMT", "Turkmenistan Summer Time", "TMST"}, " Asia/Ashgabat Asia/Ashkhabad "},
    {{"Tuvalu Time", "TVT", "Tuvalu Summer Time", "TVST"}, " Pacific/Funafuti "},
    {{"Ulaanbaatar Standard Time", "CHOT", "Ulaanbaatar Summer Time", "CHOST"}, " Asia/Choibalsan "},
    {{"Ulaanbaatar Standard Time", "ULAT", "Ulaanbaatar Summer Time", "ULAST"}, " Asia/Ulaanbaatar Asia/Ulan_Bator "},
    {{"Ulyanovsk Standard Time", "GMT+04:00", "Ulyanovsk Standard Time", "GMT+04:00"}, " Europe/Ulyanovsk "},
    {{"Uruguay Standard Time", "UYT", "Uruguay Summer Time", "UYST"}, " America/Montevideo "},
    {{"Uzbekistan Standard Time", "UZT", "Uzbekistan Summer Time", "UZST"}, " Asia/Samarkand Asia/Tashkent "},
    {{"Vanuatu Standard Time", "VUT", "Vanuatu Summer Time", "VUST"}, " Pacific/Efate "},
    {{"Venezuela Time", "VET", "Venezuela Summer Time", "VEST"}, " America/Caracas "},
    {{"Vladivostok Standard Time", "VLAT", "Vladivostok Summer Time", "VLAST"}, " Asia/Ust-Nera Asia/Vladivostok "},
    {{"Volgograd Standard Time", "MSK", "Volgograd Summer Time", "MSD"}, " Europe/Volgograd "},
    {{"Vostok Time", "VOST", "Vostok Summer Time", "VOSST"}, " Antarctica/Vostok "},
    {{"Wake Island Time", "WAKT", "Wake Summer Time", "WAKST"}, " Pacific/Wake "},
    {{"Wallis & Futuna Time", "WFT", "Wallis & Futuna Summer Time", "WFST"}, " Pacific/Wallis "},
    {{"West Africa Standard Time", "WAT", "West Africa Summer Time", "WAST"},
     " Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Lagos Africa/Libreville Africa/Luanda "
     "Africa/Malabo Africa/Ndjamena Africa/Niamey Africa/Porto-Novo "},
    {{"West Greenland Standard Time", "WGT", "West Greenland Summer Time", "WGST"}, " America/Godthab America/Nuuk "},
    {{"West Kazakhstan Time", "AQTT", "Aqtau Summer Time", "AQTST"}, " Asia/Aqtau "},
    {{"West Kazakhstan Time", "AQTT", "Aqtobe Summer Time", "AQTST"}, " Asia/Aqtobe "},
    {{"West Kazakhstan Time", "GMT+05:00", "Atyrau Daylight Time", "GMT+05:00"}, " Asia/Atyrau "},
    {{"West Kazakhstan Time", "ORAT", "Oral Summer Time", "ORAST"}, " Asia/Oral "},
    {{"West Kazakhstan Time", "QYZT", "Qyzylorda Summer Time", "QYZST"}, " Asia/Qyzylorda "},
    {{"Western European Standard Time", "WET", "Western European Summer Time", "WEST"},
     " Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira Europe/Lisbon Portugal "},
    {{"Western European Time", "WET", "Western European Summer Time", "WEST"},
     " Africa/Casablanca Africa/El_Aaiun WET "},
    {{"Western Indonesia Time", "WIB", "West Indonesia Summer Time", "WIST"}, " Asia/Jakarta Asia/Pontianak "},
    {{"Xinjiang Standard Time", "XJT", "Xinjiang Daylight Time", "XJDT"}, " Asia/Kashgar Asia/Urumqi "},
    {{"Yakutsk Standard Time", "YAKT", "Yakutsk Summer Time", "YAKST"}, " Asia/Chita Asia/Khandyga Asia/Yakutsk "},
    {{"Yekaterinburg Standard Time", "YEKT", "Yekaterinburg Summer Time", "YEKST"}, " Asia/Yekaterinburg "},
};

const WeirZoneNames *weir_zone_names_find(const char *id)
{
    char wanted[128];
    size_t length = strlen(id);
    if (length + 3 > sizeof(wanted))
        return NULL;
    wanted[0] = ' ';
    memcpy(wanted + 1, id, length);
    memcpy(wanted + 1 + length, " ", 2);
    for (size_t i = 0; i < sizeof(zone_names) / sizeof(zone_names[0]); i++)
        if (strstr(zone_names[i].ids, wanted) != NULL)
            return &zone_names[i].names;
    return NULL;
}
