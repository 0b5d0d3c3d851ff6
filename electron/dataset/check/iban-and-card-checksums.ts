/** Length of an IBAN by country (SWIFT's IBAN registry). */
const ibanLengths: Readonly<Record<string, number>> = {
	AD: 24,
	AE: 23,
	AL: 28,
	AT: 20,
	AZ: 28,
	BA: 20,
	BE: 16,
	BG: 22,
	BH: 22,
	BR: 29,
	BY: 28,
	CH: 21,
	CR: 22,
	CY: 28,
	CZ: 24,
	DE: 22,
	DK: 18,
	DO: 28,
	EE: 20,
	EG: 29,
	ES: 24,
	FI: 18,
	FO: 18,
	FR: 27,
	GB: 22,
	GE: 22,
	GI: 23,
	GL: 18,
	GR: 27,
	GT: 28,
	HR: 21,
	HU: 28,
	IE: 22,
	IL: 23,
	IQ: 23,
	IS: 26,
	IT: 27,
	JO: 30,
	KW: 30,
	KZ: 20,
	LB: 28,
	LC: 32,
	LI: 21,
	LT: 20,
	LU: 20,
	LV: 21,
	LY: 25,
	MC: 27,
	MD: 24,
	ME: 22,
	MK: 19,
	MR: 27,
	MT: 31,
	MU: 30,
	NL: 18,
	NO: 15,
	PK: 24,
	PL: 28,
	PS: 29,
	PT: 25,
	QA: 29,
	RO: 24,
	RS: 22,
	SA: 24,
	SC: 31,
	SE: 24,
	SI: 19,
	SK: 24,
	SM: 27,
	ST: 25,
	SV: 28,
	TL: 23,
	TN: 24,
	TR: 26,
	UA: 29,
	VA: 22,
	VG: 24,
	XK: 20,
};

/** Checks the country's length and the checksum of ISO 13616 (ISO 7064, MOD 97-10). */
export function isIban(text: string): boolean {
	const plain = text.replaceAll(' ', '');
	if (ibanLengths[plain.slice(0, 2)] !== plain.length) return false;
	let remainder = 0;
	for (const character of plain.slice(4) + plain.slice(0, 4)) {
		const value = Number.parseInt(character, 36);
		remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
	}
	return remainder === 1;
}

/** First digits and lengths of the issuers of payment cards (ISO/IEC 7812). */
const issuers: readonly { readonly first: RegExp; readonly lengths: readonly number[] }[] = [
	{ first: /^4/, lengths: [13, 16, 19] },
	{ first: /^(?:5[1-5]|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720))/, lengths: [16] },
	{ first: /^3[47]/, lengths: [15] },
	{ first: /^(?:6011|65|64[4-9])/, lengths: [16, 19] },
	{ first: /^35(?:2[89]|[3-8]\d)/, lengths: [16] },
	{ first: /^(?:30[0-5]|36|38|39)/, lengths: [14] },
];

/** Checks the issuer's first digits and length, and the Luhn checksum (ISO/IEC 7812-1). */
export function isCard(text: string): boolean {
	const digits = text.replaceAll(/[ -]/g, '');
	if (!issuers.some(({ first, lengths }) => first.test(digits) && lengths.includes(digits.length))) return false;
	let sum = 0;
	for (let at = 0; at < digits.length; at += 1) {
		const digit = Number(digits[digits.length - 1 - at]);
		const doubled = at % 2 === 1 ? digit * 2 : digit;
		sum += doubled > 9 ? doubled - 9 : doubled;
	}
	return sum % 10 === 0;
}
