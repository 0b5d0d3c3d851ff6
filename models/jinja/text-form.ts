import {
	type Callable,
	Dict,
	DictView,
	Instance,
	isList,
	Markup,
	Namespace,
	OneShot,
	Range,
	Tuple,
	typeName,
	Undefined,
	type Value,
} from './values.ts';

/** Python's text of a float: the shortest that reads back as the same, with an exponent from 1e16 on and below 1e-4. */
export function floatText(value: number): string {
	if (Number.isNaN(value)) return 'nan';
	if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
	if (Object.is(value, -0)) return '-0.0';
	const [digits = '0', power = '0'] = value.toExponential().split('e');
	const exponent = Number(power);
	if (exponent < -4 || exponent >= 16) {
		return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
	}
	const sign = digits.startsWith('-') ? '-' : '';
	const bare = digits.replace(/[-.]/g, '');
	if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${bare}`;
	const whole = bare.slice(0, exponent + 1).padEnd(exponent + 1, '0');
	return `${sign}${whole}.${bare.slice(exponent + 1) || '0'}`;
}

const unprintable = /[\p{C}\p{Z}]/u;

function escapedPoint(character: string, quote: string): string {
	if (character === quote || character === '\\') return `\\${character}`;
	if (character === '\n') return '\\n';
	if (character === '\r') return '\\r';
	if (character === '\t') return '\\t';
	if (character === ' ' || !unprintable.test(character)) return character;
	const code = character.codePointAt(0) ?? 0;
	if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
	if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
	return `\\U${code.toString(16).padStart(8, '0')}`;
}

function quoted(text: string): string {
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	return quote + Array.from(text, (character) => escapedPoint(character, quote)).join('') + quote;
}

/** Python's `repr`, as printed inside lists and dictionaries. */
export function representation(value: Value): string {
	if (typeof value === 'string') return quoted(value);
	if (value === null) return 'None';
	if (value === true) return 'True';
	if (value === false) return 'False';
	if (typeof value === 'bigint') return value.toString();
	if (typeof value === 'number') return floatText(value);
	if (isList(value)) return `[${value.map(representation).join(', ')}]`;
	if (value instanceof Tuple) {
		const items = value.items.map(representation);
		return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
	}
	if (value instanceof Dict) {
		return `{${value
			.entries()
			.map(([key, one]) => `${representation(key)}: ${representation(one)}`)
			.join(', ')}}`;
	}
	if (value instanceof DictView) return `dict_${value.kind}(${representation(value.items())})`;
	if (value instanceof Range) {
		return `range(${value.start}, ${value.stop}${value.step === 1n ? '' : `, ${value.step}`})`;
	}
	if (value instanceof Undefined) return 'Undefined';
	if (value instanceof Markup) return `Markup(${quoted(value.text)})`;
	if (value instanceof Namespace) return `<Namespace ${representation(new Dict(value.attributes))}>`;
	// Python prints an address in memory here.
	if (value instanceof Instance) return value.representation();
	if (value instanceof OneShot) return `<${typeName(value)} object>`;
	return `<function ${(value as Callable).name}>`;
}

/** Python's `str`, as printed by `{{ }}`. */
export function text(value: Value): string {
	if (typeof value === 'string') return value;
	if (value instanceof Markup) return value.text;
	return value instanceof Undefined ? '' : representation(value);
}
