import type { CallFormat, ToolFormat } from '../contract/tools.ts';

const plain = { start: '', end: '', separator: '' };

const json = (name: string, args: string): CallFormat => ({
	shape: 'json',
	start: '',
	end: '',
	name,
	arguments: args,
	id: null,
	constants: {},
	answer: null,
});

interface KnownFormat {
	/** Texts that all occur in the template. */
	readonly signs: readonly string[];
	readonly format: Omit<ToolFormat, 'reasoning' | 'ignored'> & Partial<Pick<ToolFormat, 'reasoning' | 'ignored'>>;
	/** How the template wants earlier arguments: as an object if absent. */
	readonly argumentsAsText?: boolean;
}

/**
 * Families whose templates say too little about the calls that their models write: they leave calls out, write them
 * otherwise than the model does, or hold them in a format of their own. The others' formats are derived.
 */
const families: readonly KnownFormat[] = [
	// gpt-oss
	{ signs: ['<|channel|>', '<|message|>'], format: { ...plain, call: { shape: 'harmony' } } },
	// Functionary 3.2
	{ signs: ['>>>all', 'recipient}'], format: { ...plain, call: { shape: 'recipients' } }, argumentsAsText: true },
	// Kimi K2 and its relatives: ids carry the name and the index
	{
		signs: ['<|tool_calls_section_begin|>', '<|tool_call_begin|>'],
		format: {
			...plain,
			start: '<|tool_calls_section_begin|>',
			end: '<|tool_calls_section_end|>',
			call: {
				shape: 'text',
				parts: [
					...[{ text: '<|tool_call_begin|>functions.' }, 'name' as const, { text: ':' }, 'index' as const],
					...[{ text: '<|tool_call_argument_begin|>' }, 'arguments' as const, { text: '<|tool_call_end|>' }],
				],
				arguments: { style: 'json' },
				idPrefix: 'functions.',
			},
		},
		argumentsAsText: true,
	},
	// LFM2: a list of Python calls, with tokens around it
	...['<|tool_list_start|>', 'List of tools: ['].map(
		(sign): KnownFormat => ({
			signs: [sign],
			format: {
				...plain,
				start: '<|tool_call_start|>[',
				end: ']<|tool_call_end|>',
				separator: ', ',
				call: {
					shape: 'text',
					parts: ['name', { text: '(' }, 'arguments', { text: ')' }],
					arguments: { style: 'python' },
					idPrefix: null,
				},
			},
		}),
	),
	// Gemma 4
	{
		signs: ['<|tool_call>call:'],
		format: {
			...plain,
			call: {
				shape: 'text',
				parts: [{ text: '<|tool_call>call:' }, 'name', 'arguments', { text: '<tool_call|>' }],
				arguments: { style: 'gemma' },
				idPrefix: null,
			},
			reasoning: { open: '<|channel>thought', close: '<channel|>' },
			ignored: ['<|channel>thought\n<channel|>', '<|channel>thought', '<|channel>', '<channel|>'],
		},
	},
	// MiniMax M3
	{
		signs: [']<]minimax[>[', '<invoke name='],
		format: {
			...plain,
			start: ']<]minimax[>[<tool_call>\n',
			end: ']<]minimax[>[</tool_call>',
			separator: '\n',
			call: {
				shape: 'text',
				parts: [
					...[{ text: ']<]minimax[>[<invoke name="' }, 'name' as const, { text: '">' }],
					...['arguments' as const, { text: ']<]minimax[>[</invoke>' }],
				],
				arguments: { style: 'named-tags', tag: ']<]minimax[>[' },
				idPrefix: null,
			},
		},
	},
	// Kimi K3
	{
		signs: ['<|open|>', '<|close|>', '<|end_of_msg|>'],
		format: {
			...plain,
			start: '<|open|>tools<|sep|>',
			end: '<|close|>tools<|sep|>',
			call: {
				shape: 'text',
				parts: [
					...[{ text: '<|open|>call tool="' }, 'name' as const, { text: '" index="' }, 'index' as const],
					...[{ text: '"<|sep|>' }, 'arguments' as const, { text: '<|close|>call<|sep|>' }],
				],
				arguments: {
					style: 'tagged',
					keyStart: '<|open|>argument key="',
					keyEnd: ['string', 'number', 'boolean', 'object', 'array', 'null'].map((type) => `" type="${type}"<|sep|>`),
					valueEnd: '<|close|>argument<|sep|>',
				},
				idPrefix: null,
			},
			reasoning: { open: '<|open|>think<|sep|>', close: '<|close|>think<|sep|>' },
			ignored: ['<|open|>response<|sep|>', '<|close|>response<|sep|>', '<|close|>message<|sep|>'],
		},
	},
	// Command R+
	{
		signs: ['directly-answer', 'Action:', '```json'],
		format: {
			...plain,
			start: 'Action:\n```json\n[\n',
			end: '\n]\n```',
			separator: ',\n',
			call: { ...json('tool_name', 'parameters'), start: '    ' } as CallFormat,
		},
	},
	// Granite 3: lists tools and never writes a call
	{
		signs: ['<|start_of_role|>', '<|tool_call|>'],
		format: { ...plain, start: '<|tool_call|>[', end: ']', separator: ', ', call: json('name', 'arguments') },
	},
	// Firefunction
	{
		signs: ['functools['],
		format: { ...plain, start: ' functools[', end: ']', separator: ', ', call: json('name', 'arguments') },
	},
	// DeepSeek R1
	{
		signs: ['<｜tool▁calls▁begin｜>', '<｜tool▁sep｜>', '```json'],
		format: {
			...plain,
			start: '<｜tool▁calls▁begin｜>',
			end: '<｜tool▁calls▁end｜>',
			separator: '\n',
			call: {
				shape: 'text',
				parts: [
					...[{ text: '<｜tool▁call▁begin｜>function<｜tool▁sep｜>' }, 'name' as const, { text: '\n```json\n' }],
					...['arguments' as const, { text: '\n```<｜tool▁call▁end｜>' }],
				],
				arguments: { style: 'json' },
				idPrefix: null,
			},
		},
		argumentsAsText: true,
	},
];

/** Returns what is known of a template's family; null if its format has to be derived. */
export function knownFormat(template: string): KnownFormat | null {
	return families.find(({ signs }) => signs.every((sign) => template.includes(sign))) ?? null;
}

/** Tags of reasoning by which families differ, besides those of `reasoningTags`. */
const otherReasoning = [
	{ open: '[THINK]', close: '[/THINK]' },
	{ open: '<|START_THINKING|>', close: '<|END_THINKING|>' },
	{ open: '<|inner_prefix|>', close: '<|inner_suffix|>' },
	{ open: '<|think|>', close: '<|end|><|begin|>assistant' },
	{ open: 'Here are my reasoning steps:\n', close: '[BEGIN FINAL RESPONSE]' },
];

const wrappers = [
	...['<|START_RESPONSE|>', '<|END_RESPONSE|>', '<|START_TEXT|>', '<|END_TEXT|>', '<|CHATBOT_TOKEN|>'],
	...['<|END_OF_TURN_TOKEN|>', '[BEGIN FINAL RESPONSE]', '[END FINAL RESPONSE]'],
];

/** Returns the tags of reasoning and the marks around words that a template knows. */
export function marksIn(
	template: string,
	usual: readonly { readonly open: string; readonly close: string }[],
): Pick<ToolFormat, 'reasoning' | 'ignored'> {
	const known = [...otherReasoning, ...usual.toReversed()];
	const reasoning =
		known.find(({ open, close }) => template.includes(open.trim()) || template.includes(close)) ??
		(/<\/?(?:\w+:)?think/.test(template) ? usual.find(({ open }) => template.includes(open.slice(0, -1))) : undefined);
	return { reasoning: reasoning ?? null, ignored: wrappers.filter((mark) => template.includes(mark)) };
}
