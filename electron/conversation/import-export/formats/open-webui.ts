import { z } from 'zod';
import {
	type ImportedConversation,
	type ImportedMessage,
	type ImportedRound,
	keepMessages,
	keptHead,
	milliseconds,
	type RawNode,
	reasons,
	type Skipped,
	splitEmbeddedReasoning,
} from './imported.ts';
import { argumentsOf, roundsFromParts, type ToolPart } from './tool-steps.ts';

const messageShape = z.looseObject({
	id: z.string().nullish(),
	parentId: z.string().nullish(),
	role: z.string(),
	content: z.unknown().optional(),
	model: z.string().nullish(),
	timestamp: z.unknown().optional(),
	done: z.boolean().nullish(),
	error: z.unknown().optional(),
	files: z.array(z.looseObject({ name: z.string().nullish() })).nullish(),
	/** In newer exports: what the model wrote, item by item, with its calls. */
	output: z
		.array(
			z.looseObject({
				type: z.string().nullish(),
				name: z.string().nullish(),
				arguments: z.unknown().optional(),
				call_id: z.string().nullish(),
				output: z.unknown().optional(),
			}),
		)
		.nullish(),
});

const chatShape = z.looseObject({
	id: z.string().nullish(),
	title: z.string().nullish(),
	models: z.array(z.string()).nullish(),
	system: z.string().nullish(),
	params: z.looseObject({ system: z.string().nullish() }).nullish(),
	history: z.looseObject({ currentId: z.string().nullish(), messages: z.record(z.string(), z.unknown()) }),
	tags: z.array(z.unknown()).nullish(),
	timestamp: z.unknown().optional(),
});

const wrapperShape = z.looseObject({
	id: z.string().nullish(),
	title: z.string().nullish(),
	chat: chatShape,
	meta: z.looseObject({ tags: z.array(z.unknown()).nullish() }).nullish(),
	pinned: z.boolean().nullish(),
	archived: z.boolean().nullish(),
	created_at: z.unknown().optional(),
	updated_at: z.unknown().optional(),
});

export function isOpenWebUi(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	const chat = 'chat' in value ? value.chat : value;
	return typeof chat === 'object' && chat !== null && 'history' in chat;
}

/** Reads one chat of Open WebUI's export, with or without its wrapper. Throws a ZodError if the shape differs. */
export function readOpenWebUi(value: unknown): ImportedConversation {
	const wrapped = wrapperShape.safeParse(value);
	const wrapper = wrapped.success ? wrapped.data : null;
	const chat = wrapper?.chat ?? chatShape.parse(value);
	const createdAt = milliseconds(wrapper?.created_at ?? chat.timestamp, 0);
	const skipped: Skipped[] = [];
	const system: string[] = [chat.system ?? chat.params?.system ?? ''];
	let lastTime = createdAt;
	const nodes = Object.entries(chat.history.messages).map(([key, value]): RawNode => {
		const parsed = messageShape.safeParse(value);
		if (!parsed.success) {
			skipped.push({ what: `message ${key}`, why: reasons.unknownShape('Open WebUI') });
			return { key, parentKey: null, message: null };
		}
		const message = parsed.data;
		const parentKey = message.parentId ?? null;
		lastTime = milliseconds(message.timestamp, lastTime);
		for (const file of message.files ?? [])
			skipped.push({ what: `the file "${file.name ?? 'unnamed'}"`, why: reasons.onlyText });
		const text = contentText(message.content, skipped);
		if (message.role === 'system') system.push(text);
		if (message.role !== 'user' && message.role !== 'assistant') return { key, parentKey, message: null };
		const failed = message.error != null && message.error !== false;
		const written =
			message.role === 'assistant' ? readAnswer(text, message, skipped) : { content: text, reasoning: null };
		// An empty failed answer still links its children, but has no content.
		if (text.trim() === '' && written.rounds === undefined) return { key, parentKey, message: null };
		return {
			key,
			parentKey,
			message: {
				role: message.role,
				...written,
				createdAt: lastTime,
				model: message.role === 'assistant' ? (message.model ?? null) : null,
				status: failed ? 'failed' : message.role === 'assistant' && message.done === false ? 'stopped' : 'complete',
			},
		};
	});
	const messages = keepMessages(nodes);
	return {
		key: wrapper?.id || chat.id || `${chat.title ?? ''}@${createdAt}`,
		source: 'open-webui',
		title: wrapper?.title ?? chat.title ?? '',
		createdAt,
		updatedAt: milliseconds(wrapper?.updated_at, Math.max(createdAt, lastTime)),
		systemPrompt: system.filter((part) => part.trim() !== '').join('\n\n'),
		model: chat.models?.find((model) => model !== '') ?? null,
		pinned: wrapper?.pinned === true,
		archived: wrapper?.archived === true,
		tags: tagNames([...(wrapper?.meta?.tags ?? []), ...(chat.tags ?? [])]),
		messages,
		headKey: keptHead(chat.history.currentId ?? null, nodes, messages),
		skipped,
	};
}

type Written = Pick<ImportedMessage, 'content' | 'reasoning' | 'rounds'>;

const callBlock = /<details type="tool_calls"([^>]*)>\s*(?:<summary>[\s\S]*?<\/summary>)?([\s\S]*?)<\/details>\s*/g;

/** Returns an answer without its calls, which older versions of Assay imported as a part of its text. */
export function withoutCallBlocks(content: string): string {
	return content.includes('<details type="tool_calls"') ? content.replaceAll(callBlock, '') : content;
}

/** Reasoning and calls stand in the text of an answer, as blocks that unfold; newer exports list calls as items, too. */
function readAnswer(text: string, { output }: z.infer<typeof messageShape>, skipped: Skipped[]): Written {
	const { content, reasoning } = splitEmbeddedReasoning(text);
	const reasoningEnd = reasoning?.length ?? 0;
	const rounds: ImportedRound[] = [];
	let kept = '';
	let from = 0;
	for (const block of content.matchAll(callBlock)) {
		kept += content.slice(from, block.index);
		from = block.index + block[0].length;
		const [, attributes = '', body = ''] = block;
		const result = attributeOf(attributes, 'result') ?? unescaped(body);
		const isDone = attributeOf(attributes, 'done') !== 'false';
		const step = {
			name: attributeOf(attributes, 'name') ?? 'unknown',
			arguments: argumentsOf(unwrapped(attributeOf(attributes, 'arguments') ?? '')),
			...{ result: isDone ? unwrapped(result.trim()) : null, isError: false },
		};
		const last = rounds.at(-1);
		if (last?.contentEnd === kept.length) rounds[rounds.length - 1] = { ...last, steps: [...last.steps, step] };
		else rounds.push({ contentEnd: kept.length, reasoningEnd, steps: [step] });
	}
	kept += content.slice(from);
	if (rounds.length === 0)
		rounds.push(...roundsFromParts(itemParts(output ?? [], skipped), { contentEnd: 0, reasoningEnd }));
	return { content: kept, reasoning, ...(rounds.length === 0 ? {} : { rounds }) };
}

function itemParts(items: NonNullable<z.infer<typeof messageShape>['output']>, skipped: Skipped[]): ToolPart[] {
	const names = new Map(items.map(({ call_id: id, name }) => [id, name ?? 'unknown']));
	return items.flatMap((item): ToolPart[] => {
		if (item.type === 'function_call')
			return [{ kind: 'call', name: item.name ?? 'unknown', arguments: argumentsOf(item.arguments) }];
		if (item.type !== 'function_call_output') return [];
		const name = names.get(item.call_id) ?? 'unknown';
		return [{ kind: 'result', name, text: contentText(item.output, skipped), isError: false }];
	});
}

function attributeOf(attributes: string, name: string): string | null {
	const found = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
	return found === undefined ? null : unescaped(found);
}

const entities: Readonly<Record<string, string>> = { quot: '"', '#x27': "'", '#39': "'", lt: '<', gt: '>', amp: '&' };

function unescaped(text: string): string {
	return text.replaceAll(/&(quot|#x27|#39|lt|gt|amp);/g, (_, name: string) => entities[name] ?? '');
}

/** Some versions write a text as JSON. */
function unwrapped(text: string): string {
	if (!text.startsWith('"')) return text;
	try {
		return String(JSON.parse(text));
	} catch {
		return text;
	}
}

/** Tags were objects with a name in older exports and are strings in newer ones. */
function tagNames(tags: readonly unknown[]): string[] {
	const names = tags.map((tag) =>
		typeof tag === 'string' ? tag : typeof tag === 'object' && tag !== null && 'name' in tag ? String(tag.name) : '',
	);
	return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
}

function contentText(content: unknown, skipped: Skipped[]): string {
	if (typeof content === 'string') return content;
	if (!Array.isArray(content)) return '';
	return content
		.map((part: unknown) => {
			if (typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string')
				return part.text;
			skipped.push({ what: 'an attachment', why: reasons.onlyText });
			return '';
		})
		.join('\n');
}
