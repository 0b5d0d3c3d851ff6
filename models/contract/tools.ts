import { z } from 'zod';

/** A function that the program which asks offers to the model. `parameters`: JSON Schema of its arguments. */
export const toolSchema = z.object({
	name: z.string().min(1).max(256),
	description: z.string().optional(),
	parameters: z.record(z.string(), z.unknown()).optional(),
});

export type Tool = z.infer<typeof toolSchema>;

/** A call that a model made. `arguments`: the JSON that it wrote. */
export const toolCallSchema = z.object({ id: z.string(), name: z.string(), arguments: z.string() });

export type ToolCall = z.infer<typeof toolCallSchema>;

/** Which tools a model may call in its answer, and whether it has to. */
export const toolUseSchema = z.object({
	tools: z.array(toolSchema).min(1).max(1_000),
	/** `name`: this tool and no other. */
	choice: z.union([z.enum(['auto', 'none', 'required']), z.object({ name: z.string() })]),
	/** Whether one answer may hold several calls. */
	parallel: z.boolean(),
});

export type ToolUse = z.infer<typeof toolUseSchema>;

/** How the arguments of a call are written, where they are not JSON within JSON. */
const argumentStyleSchema = z.discriminatedUnion('style', [
	z.object({ style: z.literal('json') }),
	/** Each argument in tags; texts without quotes, everything else as JSON. */
	z.object({
		style: z.literal('tagged'),
		keyStart: z.string(),
		/** After a name: before a text, and before any other value; often the same. */
		keyEnd: z.array(z.string()).min(1),
		valueEnd: z.string(),
	}),
	/** Python's keyword arguments: name='text', number=5. */
	z.object({ style: z.literal('python') }),
	/** Gemma's {name:<|"|>text<|"|>,number:5}. */
	z.object({ style: z.literal('gemma') }),
	/** MiniMax M3: tags named after the arguments, nested. */
	z.object({ style: z.literal('named-tags'), tag: z.string() }),
]);

export type ArgumentStyle = z.infer<typeof argumentStyleSchema>;

const callFormatSchema = z.discriminatedUnion('shape', [
	/** A JSON object with the name and the arguments. `name` null: the name is the key of the arguments. */
	z.object({
		shape: z.literal('json'),
		start: z.string(),
		end: z.string(),
		name: z.string().nullable(),
		arguments: z.string(),
		id: z.string().nullable(),
		/** What else the object has, before or after. */
		constants: z.record(z.string(), z.unknown()),
		/** Key of an answer in words, of models that write nothing else but JSON. */
		answer: z.string().nullable(),
	}),
	/** Texts around the name and the arguments. */
	z.object({
		shape: z.literal('text'),
		parts: z.array(z.union([z.object({ text: z.string() }), z.enum(['name', 'id', 'index', 'arguments'])])),
		arguments: argumentStyleSchema,
		/** Prefix of ids that consist of it, the name, a colon and the index. */
		idPrefix: z.string().nullable(),
	}),
	/** gpt-oss: messages to recipients in channels. */
	z.object({ shape: z.literal('harmony') }),
	/** Functionary 3.2: each part begins with its recipient. */
	z.object({ shape: z.literal('recipients') }),
]);

/** How the models of one chat template write calls. */
export const toolFormatSchema = z.object({
	/** Around all calls of an answer. */
	start: z.string(),
	end: z.string(),
	separator: z.string(),
	call: callFormatSchema,
	/** Tags of reasoning, which comes before everything else; `open` may be ''. */
	reasoning: z.object({ open: z.string(), close: z.string() }).nullable(),
	/** Marks around an answer in words, which belong to no part of it. */
	ignored: z.array(z.string()),
});

export type ToolFormat = z.infer<typeof toolFormatSchema>;
export type CallFormat = ToolFormat['call'];
