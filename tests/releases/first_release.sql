-- {"refresh": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJyakJkRURzMzBhZ1RhWkhIcXZ6Z0pBIiwiZ2VuIjowLCJhdWQiOiJhbm9ubXNnOnJlZnJlc2giLCJpYXQiOjE3NzI2Mjc0MTUsImV4cCI6MTc3MzIzMjIxNX0.trqxP9MX3Q-Ag4TZ6SAFLIcwNyPyNRc1l4hMsY-apVs", "totp": "TAKH5LA7SZNKA77NY5MM2DLQYC6KU7XD", "recovery_code": "31rg-7421", "browser": "URC65rvjkfKKa_CMbVcAOsDKliljHdDZJoVWGVetIsU", "code": "383498", "secrets": {"access_token_secret": "the access secret of the first release", "refresh_token_secret": "the refresh secret of the first release", "pepper": "the pepper of the first release 0123456789"}}
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE counters (
	"key" VARCHAR(64) NOT NULL, 
	count INTEGER NOT NULL, 
	resets_at DATETIME NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "counters" VALUES('dc320c101213db9ffe62d62a1b1887c05e31c092e9ed78bb2fc6d55293f67c27',1,'2026-03-05 12:30:15.123456');
CREATE TABLE facts (
	name VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('pepper check','2466c60c6bddebb363a7796666b6afbbe6f42124762f14e84ffa5b32314c1043');
CREATE TABLE mailed_links (
	id VARCHAR(22) NOT NULL, 
	purpose VARCHAR(20) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	person_id VARCHAR(22) NOT NULL, 
	email VARCHAR(320) NOT NULL, 
	email_key VARCHAR(320) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE, 
	UNIQUE (digest)
);
CREATE TABLE mails (
	id VARCHAR(22) NOT NULL, 
	sealed BLOB, 
	sign_up_id VARCHAR(22), 
	tries INTEGER NOT NULL, 
	due_at DATETIME, 
	sent_at DATETIME, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "mails" VALUES('alYFgsnipWSTTE75reA2Ug',NULL,'8xCKINiFlGDEpyZpNvQegQ',1,NULL,'2026-03-04 12:30:15.123456','2026-03-04 12:30:15.123456');
INSERT INTO "mails" VALUES('ljJg-tENEQ-CHxHe7j4ePA',NULL,NULL,1,NULL,'2026-03-04 12:30:15.123456','2026-03-04 12:30:15.123456');
INSERT INTO "mails" VALUES('Q8dn_N_Kw9QGOqsfgjsEtA',NULL,'_2LJHh1H5niJM8rm8r8dxw',1,NULL,'2026-03-04 12:30:15.123456','2026-03-04 12:30:15.123456');
CREATE TABLE messages (
	id VARCHAR(22) NOT NULL, 
	person_id VARCHAR(22) NOT NULL, 
	content TEXT NOT NULL, 
	sent_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "messages" VALUES('VwMo4LC4PuIh10IACv5qig','wfON1LtmsOKPY1uPWZ5aZA','Message 0','2026-03-04 12:30:15.123456');
INSERT INTO "messages" VALUES('8RNoVAXEDYoDhMKZKixW0Q','wfON1LtmsOKPY1uPWZ5aZA','Message 1','2026-03-04 12:30:15.123456');
INSERT INTO "messages" VALUES('Qjr7cP_EMdKE4VmrjJoqvA','wfON1LtmsOKPY1uPWZ5aZA','Message 2','2026-03-04 12:30:15.123456');
INSERT INTO "messages" VALUES('DBM4u_ecDRVcS5OON4gC8Q','wfON1LtmsOKPY1uPWZ5aZA','اردو میں 🙂','2026-03-04 12:30:15.123456');
INSERT INTO "messages" VALUES('gV4MGmjI2pJvtQ4NWNKeTg','CJe0LcdHUKmHOg7gq3XR_A','For someone who leaves','2026-03-04 12:30:15.123456');
CREATE TABLE names (
	username_key VARCHAR(20) NOT NULL, 
	person_id VARCHAR(22), 
	sign_up_id VARCHAR(22), 
	held_until DATETIME, 
	PRIMARY KEY (username_key), 
	FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "names" VALUES('ada','wfON1LtmsOKPY1uPWZ5aZA','8xCKINiFlGDEpyZpNvQegQ',NULL);
INSERT INTO "names" VALUES('bob','dFJ0fGRgDZG8LlWPQwdI9A',NULL,NULL);
INSERT INTO "names" VALUES('cyd','CJe0LcdHUKmHOg7gq3XR_A',NULL,NULL);
INSERT INTO "names" VALUES('dan',NULL,'_2LJHh1H5niJM8rm8r8dxw','2026-03-04 12:45:15.123456');
CREATE TABLE people (
	id VARCHAR(22) NOT NULL, 
	username VARCHAR(20) NOT NULL, 
	username_key VARCHAR(20) NOT NULL, 
	email VARCHAR(320) NOT NULL, 
	email_key VARCHAR(320) NOT NULL, 
	password_hash VARCHAR(80) NOT NULL, 
	accepts_messages BOOLEAN NOT NULL, 
	banned_at DATETIME, 
	created_at DATETIME NOT NULL, display_name VARCHAR(50) DEFAULT '' NOT NULL, bio VARCHAR(200) DEFAULT '' NOT NULL, renamed_at DATETIME, leaves_at DATETIME, totp_sealed BLOB, totp_step INTEGER DEFAULT '0' NOT NULL, totp_on_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (email_key), 
	UNIQUE (username_key)
);
INSERT INTO "people" VALUES('wfON1LtmsOKPY1uPWZ5aZA','Ada','ada','Ada@example.com','ada@example.com','7227e8bf:$2b$04$v6gM/2TIHYtzQrEHmfu1SOJU1ETspTa6UZ80Uo2OB/s8AkYVeK6cC',1,NULL,'2026-03-04 12:30:15.123456','','',NULL,NULL,NULL,0,NULL);
INSERT INTO "people" VALUES('dFJ0fGRgDZG8LlWPQwdI9A','bob','bob','bob@example.com','bob@example.com','7227e8bf:$2b$04$9J/Og0v6VUlzkpgLbuBRFu8YuNqBLn7ToIwi6O/X1tgJ.FQveToV.',1,NULL,'2026-03-04 12:30:15.123456','','',NULL,NULL,X'24D384713F5527F9AD6DE30438A1FECD04BC85AD44292D1311CFB861EF88E174B022B32FA6382D0C7895AFFF4005A7DE91A02EACF41AD880E073B597',0,'2026-03-04 12:30:15.123456');
INSERT INTO "people" VALUES('CJe0LcdHUKmHOg7gq3XR_A','cyd','cyd','cyd@example.com','cyd@example.com','7227e8bf:$2b$04$2UjF4j73ZslTACUvmFcbnObOywQFSG/KIwiLhgrWpWzcociWasR6a',1,NULL,'2026-03-04 12:30:15.123456','','',NULL,'2026-03-11 12:30:15.123456',NULL,0,NULL);
CREATE TABLE receipts (
	digest VARCHAR(64) NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "receipts" VALUES('0d28de68a60e7dd964ad6a3226b8e3d24f6236fbfb60236af1aa899191fddff9','2026-03-05 12:30:15.123456');
INSERT INTO "receipts" VALUES('42ba48ba7ca50d0fc6e968a032746603bac9556583772ae902d43a3249fb4f03','2026-03-05 12:30:15.123456');
INSERT INTO "receipts" VALUES('1734e6cb29336f8a907c81d14a4e70a35397630688c3092f00ba66f32eb1ba81','2026-03-05 12:30:15.123456');
INSERT INTO "receipts" VALUES('59377ef29b8f69cbeb50ab975854fa6109aecc6894a64fe518c5d24ff938c00c','2026-03-05 12:30:15.123456');
INSERT INTO "receipts" VALUES('2c3bbf5105d497b4143fe880fad86bbccf64833eb0f0ecb1de0802570c743de5','2026-03-05 12:30:15.123456');
CREATE TABLE recovery_codes (
	id VARCHAR(22) NOT NULL, 
	person_id VARCHAR(22) NOT NULL, 
	digest VARCHAR(64) NOT NULL, pepper_id VARCHAR(8) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "recovery_codes" VALUES('SyZ8mZguh1Ny5Qfv0yZ5vA','dFJ0fGRgDZG8LlWPQwdI9A','f39d2b7e1fbb53b431e9c8c6e7bd6d7dab51b901d0fb672dbc54daa228582d9c','7227e8bf');
INSERT INTO "recovery_codes" VALUES('fhSA93vU7HJ6-EAnHrMkhQ','dFJ0fGRgDZG8LlWPQwdI9A','255ab4f0d5896a9e9de94255cb482ce541da951065e3de811b69675147805008','7227e8bf');
INSERT INTO "recovery_codes" VALUES('ySPIZ2hbi-blHp0CUbY-Lg','dFJ0fGRgDZG8LlWPQwdI9A','b4e983007adc394dce1c57cbf60be28cf10e3020dc6089424180783577b33afe','7227e8bf');
INSERT INTO "recovery_codes" VALUES('Mu9lvXjdPkWy1_KvnyKSxA','dFJ0fGRgDZG8LlWPQwdI9A','d94909084702310b4a85b46838abcb13c42f29ddd290aa835563c9136e245f2c','7227e8bf');
INSERT INTO "recovery_codes" VALUES('E67nfpnf7usltUBhTXHN4g','dFJ0fGRgDZG8LlWPQwdI9A','56ac036243f6c60fe2f6879590043b1be53ad197d12cbc98171621586a06aeae','7227e8bf');
INSERT INTO "recovery_codes" VALUES('lq2idl30yEPlUVz8YJee-w','dFJ0fGRgDZG8LlWPQwdI9A','14dfb6fd4f98649060a3ba086b64b75bc3bd5bdf28479668cf211d63a50e4ef3','7227e8bf');
INSERT INTO "recovery_codes" VALUES('ndDBuxYxT43_AsU900gVyw','dFJ0fGRgDZG8LlWPQwdI9A','e99b7ad263478ffc884da244de80db7a5a66ec48e0634f7801ce6cfb832abc1f','7227e8bf');
INSERT INTO "recovery_codes" VALUES('ds3ATw1q657DMpopSKj_hA','dFJ0fGRgDZG8LlWPQwdI9A','68fd9f88a43af0cbcb0542fd3f8c18ef087164daaf2bb53c014931e9f15761be','7227e8bf');
INSERT INTO "recovery_codes" VALUES('zaPySa21Yo3ILmVRD8MTyg','dFJ0fGRgDZG8LlWPQwdI9A','3b6999063deead366bd3b1a73598bee43a2066b4570d45dae40a3258cf5c27ef','7227e8bf');
INSERT INTO "recovery_codes" VALUES('TP9gNFj83uRT4_Uz1DDM8w','dFJ0fGRgDZG8LlWPQwdI9A','8928e55f6af97ca8d1cfe808e9c1214c27d9a89e748fdb85adfd2c15f8cf570c','7227e8bf');
CREATE TABLE sign_ins (
	id VARCHAR(22) NOT NULL, 
	person_id VARCHAR(22) NOT NULL, 
	generation INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	rotated_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	ended_at DATETIME, label VARCHAR(60) DEFAULT '' NOT NULL, proved_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "sign_ins" VALUES('rjBdEDs30agTaZHHqvzgJA','wfON1LtmsOKPY1uPWZ5aZA',0,'2026-03-04 12:30:15.123456','2026-03-04 12:30:15.123456','2026-03-11 12:30:15.123456',NULL,'','2026-03-04 12:30:15.123456');
INSERT INTO "sign_ins" VALUES('-H4bKlxVec5rYXGj-jB1vg','CJe0LcdHUKmHOg7gq3XR_A',0,'2026-03-04 12:30:15.123456','2026-03-04 12:30:15.123456','2026-03-11 12:30:15.123456','2026-03-04 12:30:15.123456','','2026-03-04 12:30:15.123456');
CREATE TABLE sign_ups (
	id VARCHAR(22) NOT NULL, 
	browser_digest VARCHAR(64) NOT NULL, 
	username VARCHAR(20) NOT NULL, 
	username_key VARCHAR(20) NOT NULL, 
	email VARCHAR(320) NOT NULL, 
	email_key VARCHAR(320) NOT NULL, 
	password_hash VARCHAR(80) NOT NULL, 
	decoy BOOLEAN NOT NULL, 
	code_digest VARCHAR(64) NOT NULL, 
	link_digest VARCHAR(64) NOT NULL, 
	code_tries INTEGER NOT NULL, 
	code_mailed_at DATETIME, 
	code_made_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (browser_digest), 
	UNIQUE (link_digest)
);
INSERT INTO "sign_ups" VALUES('_2LJHh1H5niJM8rm8r8dxw','fa399961e1f66e816f8b35f53b35aae61f03a0b009ce89167d10a7942dfc5c01','dan','dan','dan@example.com','dan@example.com','7227e8bf:$2b$04$5FIG1.2zpBhYgmgC7ef9lemaxtBTiME.kdvwMqo4UGx3GH8/bRsdK',0,'c09f30e1a8f5c8b1633cfe3e83cde9ec56cd8f17e997cf3b4ab66d585c96e5f0','8cccb8cefb19a84076ac85bc565ec5b75fd2fc9d5cc7676f3692774a58dd3665',0,'2026-03-04 12:30:15.123456','2026-03-04 12:30:15.123456','2026-03-04 12:30:15.123456');
CREATE INDEX ix_counters_resets_at ON counters (resets_at);
CREATE INDEX ix_mails_due_at ON mails (due_at);
CREATE INDEX ix_mails_sign_up_id ON mails (sign_up_id);
CREATE INDEX ix_receipts_expires_at ON receipts (expires_at);
CREATE INDEX ix_sign_ups_created_at ON sign_ups (created_at);
CREATE INDEX ix_sign_ups_email_key ON sign_ups (email_key);
CREATE INDEX ix_sign_ups_username_key ON sign_ups (username_key);
CREATE INDEX ix_messages_inbox ON messages (person_id, sent_at, id);
CREATE INDEX ix_sign_ins_expires_at ON sign_ins (expires_at);
CREATE INDEX ix_sign_ins_person_id ON sign_ins (person_id);
CREATE INDEX ix_people_leaves_at ON people (leaves_at);
CREATE INDEX ix_mailed_links_person_id ON mailed_links (person_id);
CREATE INDEX ix_mailed_links_expires_at ON mailed_links (expires_at);
CREATE INDEX ix_recovery_codes_person_id ON recovery_codes (person_id);
COMMIT;
