const year = '[0-9]{4}';
const leapYear = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const date =
	`(?:${year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)` +
	`|02-(?:0[1-9]|1[0-9]|2[0-8]))|${leapYear}-02-29)`;
const time = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:[zZ]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])';
const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4 = `${octet}(?:\\.${octet}){3}`;
const hex = '[0-9a-fA-F]{1,4}';
const ipv6 = [
	`(?:${hex}:){7}(?:${hex}|:)`,
	...Array.from({ length: 6 }, (_, index) => `(?:${hex}:){1,${6 - index}}(?::${hex}){1,${index + 1}}`),
	`(?:${hex}:){1,6}:`,
	`:(?::${hex}){1,7}`,
	'::',
	`(?:${hex}:){6}${ipv4}`,
	`::(?:${hex}:){0,5}${ipv4}`,
	...Array.from({ length: 5 }, (_, index) => `(?:${hex}:){1,${5 - index}}:(?:${hex}:){0,${index}}${ipv4}`),
].join('|');
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const host = `${label}(?:\\.${label}){0,8}`;
const durationTime = 'T(?:[0-9]{1,9}H(?:[0-9]{1,9}M(?:[0-9]{1,9}S)?)?|[0-9]{1,9}M(?:[0-9]{1,9}S)?|[0-9]{1,9}S)';
const durationDate = '(?:[0-9]{1,9}D|[0-9]{1,9}M(?:[0-9]{1,9}D)?|[0-9]{1,9}Y(?:[0-9]{1,9}M(?:[0-9]{1,9}D)?)?)';
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const local = `(?:${atom}(?:\\.${atom})*|"(?:[ !#-\\[\\]-~]|\\\\[ -~])*")`;
const unreserved = "[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9a-fA-F]{2}";
const path = `(?:${unreserved}|[@/])*`;
const authority = `(?:(?:${unreserved})*@)?(?:\\[[0-9a-fA-F:.]{2,45}\\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9a-fA-F]{2})*)(?::[0-9]{1,5})?`;

interface Format {
	readonly pattern: string;
	/** It leaves out rare texts that the format allows; what it matches is always valid. */
	readonly narrowed: boolean;
}

const exact = (pattern: string): Format => ({ pattern: `^(?:${pattern})$`, narrowed: false });
const narrowed = (pattern: string): Format => ({ pattern: `^(?:${pattern})$`, narrowed: true });

/**
 * Formats that a grammar can express, as patterns. Times have no leap seconds; addresses, names of hosts and URIs are
 * those that programs write.
 */
export const formats: Readonly<Record<string, Format>> = {
	date: exact(date),
	time: narrowed(time),
	'date-time': narrowed(`${date}[tT]${time}`),
	duration: exact(`P(?:${durationDate}(?:${durationTime})?|${durationTime}|[0-9]{1,9}W)`),
	uuid: exact('[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}'),
	ipv4: exact(ipv4),
	ipv6: exact(ipv6),
	hostname: narrowed(host),
	email: narrowed(`${local}@(?:${host}|\\[${ipv4}\\]|\\[IPv6:(?:${ipv6})\\])`),
	uri: narrowed(
		`[A-Za-z][A-Za-z0-9+.-]{0,30}:(?://${authority}(?:/${path})?|(?:${unreserved}|@)${path}|/)(?:\\?(?:${path}|\\?)*)?(?:#(?:${path}|\\?)*)?`,
	),
	'json-pointer': exact('(?:/(?:[^/~]|~[01])*)*'),
};
