import type { Tool, ToolCall, ToolFormat } from '../contract/tools.ts';

function parsed(json: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(json);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: {};
	} catch {
		return {};
	}
}

/** Python's spacing, which most chat templates have too. */
function spaced(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
	return `{${Object.entries(value)
		.map(([key, one]) => `${JSON.stringify(key)}: ${spaced(one)}`)
		.join(', ')}}`;
}

/** Writes calls as a model of this format would, for templates that leave out the calls of earlier answers. */
export function writeCalls(format: ToolFormat, calls: readonly ToolCall[]): string {
	const { start, end, separator, call } = format;
	const texts = calls.map((one, index) => writeCall(call, one, index));
	return `${start}${texts.join(separator)}${end}`;
}

/** Cohere's calls begin with their id, the others' end with it. */
function withId(call: object, key: string | null, id: string): object {
	if (key === null) return call;
	return key === 'tool_call_id' ? { [key]: id, ...call } : { ...call, [key]: id };
}

function writeCall(call: ToolFormat['call'], { id, name, arguments: json }: ToolCall, index: number): string {
	const args = parsed(json);
	switch (call.shape) {
		case 'json': {
			const own =
				call.name === null ? { [name]: args } : { ...call.constants, [call.name]: name, [call.arguments]: args };
			return `${call.start}${spaced(withId(own, call.id, id))}${call.end}`;
		}
		case 'text':
			return call.parts
				.map((part) => {
					if (typeof part === 'object') return part.text;
					if (part === 'name') return name;
					if (part === 'arguments') return writeArguments(call.arguments, args);
					return part === 'id' ? id : String(index);
				})
				.join('');
		case 'harmony':
			return `<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>${spaced(args)}`;
		case 'recipients':
			return `${index === 0 ? '' : '>>>'}${name}\n${spaced(args)}`;
	}
}

function writeArguments(
	style: Extract<ToolFormat['call'], { shape: 'text' }>['arguments'],
	args: Record<string, unknown>,
): string {
	const entries = Object.entries(args);
	const plain = (value: unknown): string => (typeof value === 'string' ? value : spaced(value));
	switch (style.style) {
		case 'json':
			return spaced(args);
		case 'python':
			return entries.map(([key, value]) => `${key}=${spaced(value)}`).join(', ');
		case 'gemma':
			return gemma(args);
		case 'named-tags':
			return entries.map(([key, value]) => `${style.tag}<${key}>${plain(value)}${style.tag}</${key}>`).join('');
		case 'tagged':
			return entries
				.map(([key, value]) => {
					const end = style.keyEnd[typeof value === 'string' ? 0 : Math.min(1, style.keyEnd.length - 1)];
					return `${style.keyStart}${key}${end}${plain(value)}${style.valueEnd}`;
				})
				.join('');
	}
}

function gemma(value: unknown): string {
	if (typeof value === 'string') return `<|"|>${value}<|"|>`;
	if (Array.isArray(value)) return `[${value.map(gemma).join(',')}]`;
	if (typeof value !== 'object' || value === null) return String(value);
	return `{${Object.entries(value)
		.map(([key, one]) => `${key}:${gemma(one)}`)
		.join(',')}}`;
}

/** The form in which models call tools whose template knows none; a grammar keeps them to it. */
export const describedFormat: ToolFormat = {
	start: '',
	end: '',
	separator: '\n',
	call: {
		shape: 'json',
		start: '',
		end: '',
		name: 'tool',
		arguments: 'arguments',
		id: null,
		constants: {},
		answer: 'answer',
	},
	reasoning: null,
	ignored: [],
};

/** Tells a model of tools, where its template doesn't. */
export function describeTools(tools: readonly Tool[], format: ToolFormat): string {
	const list = tools.map(({ name, description, parameters }) =>
		JSON.stringify({
			name,
			...(description === undefined ? {} : { description }),
			...(parameters === undefined ? {} : { parameters }),
		}),
	);
	const example = writeCalls(format, [{ id: '1', name: 'NAME', arguments: '{}' }]).trim();
	const isDescribed = format.call.shape === 'json' && format.call.answer !== null;
	return [
		'You can use these tools:',
		...list,
		'',
		`To use a tool, write its NAME and its arguments as JSON, and nothing else: ${example}`,
		// A weak model would copy an example of an answer.
		...(isDescribed ? ['To answer without a tool, write your own words as JSON under the key "answer".'] : []),
	].join('\n');
}

/** Tells a model what a tool returned, where its template has no place for it. */
export function describeResult(name: string | undefined, content: string): string {
	return `Result of the tool${name === undefined ? '' : ` ${name}`}:\n${content}`;
}
