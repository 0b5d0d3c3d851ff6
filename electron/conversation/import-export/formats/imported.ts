import type { z } from 'zod';
import type { ImportSource } from '../../../contract/import-export/import-sources.ts';

/**
 * One conversation from another program's export, before it is stored. Its text is unchanged; nothing is executed or
 * fetched.
 */
export interface ImportedConversation {
	/** Stable across exports of the same program, so that a second import recognises it. */
	readonly key: string;
	readonly source: Exclude<ImportSource, 'assay'>;
	readonly title: string;
	/** Milliseconds since 1970; 0: the export does not say, here and in messages. */
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly systemPrompt: string;
	/** The other program's name of the model, if it gives one. */
	readonly model: string | null;
	readonly pinned: boolean;
	readonly archived: boolean;
	readonly tags: readonly string[];
	/** Every parent precedes its children. */
	readonly messages: readonly ImportedMessage[];
	/** Last message of the branch that was shown; null if there are no messages. */
	readonly headKey: string | null;
	/** Parts that could not be imported, and why. */
	readonly skipped: readonly Skipped[];
}

export interface ImportedMessage {
	readonly key: string;
	readonly parentKey: string | null;
	readonly role: 'user' | 'assistant';
	readonly content: string;
	readonly reasoning: string | null;
	readonly createdAt: number;
	readonly model: string | null;
	readonly status: 'complete' | 'stopped' | 'failed';
	/** Calls of tools in an answer. */
	readonly rounds?: readonly ImportedRound[];
}

/** One call of a tool in an export, with its result. */
export interface ImportedStep {
	readonly name: string;
	/** JSON. */
	readonly arguments: string;
	/** null: the export has none. */
	readonly result: string | null;
	readonly isError: boolean;
}

/** Calls that were made at once, after so much of an answer's text and reasoning; UTF-16 units. */
export interface ImportedRound {
	readonly contentEnd: number;
	readonly reasoningEnd: number;
	readonly steps: readonly ImportedStep[];
}

export interface Skipped {
	readonly what: string;
	readonly why: string;
}

/** Why part of an export was not imported; the same for every program. */
export const reasons = {
	onlyText: 'only text can be imported',
	noAnswer: 'no answer follows it',
	unknownShape: (program: string): string => `not in a format that ${program} is known to write`,
};

/** A node of a message tree in an export; `null` content means that the node is dropped. */
export interface RawNode {
	readonly key: string;
	readonly parentKey: string | null;
	readonly message: Omit<ImportedMessage, 'key' | 'parentKey'> | null;
}

/**
 * Reads the nodes of a flat list of messages. A message without a parent answers the one before it, and one without a
 * time takes the time of the one before it; messages of an unknown shape are added to `skipped`. `lastTime`: time of
 * the last message.
 */
export function readNodes<Message>(
	values: readonly unknown[],
	{ program, shape, read }: NodeReader<Message>,
	{ createdAt, skipped }: { readonly createdAt: number; readonly skipped: Skipped[] },
): { readonly nodes: readonly RawNode[]; readonly lastTime: number } {
	const nodes: RawNode[] = [];
	let lastTime = createdAt;
	for (const [index, value] of values.entries()) {
		const parsed = shape.safeParse(value);
		if (!parsed.success) {
			skipped.push({ what: `message ${index + 1}`, why: reasons.unknownShape(program) });
			continue;
		}
		const { key, parentKey, time, message } = read(parsed.data);
		lastTime = milliseconds(time, lastTime);
		nodes.push({ key, parentKey: parentKey ?? nodes.at(-1)?.key ?? null, message: message(lastTime) });
	}
	return { nodes, lastTime };
}

/** Reads messages in one program's format. */
interface NodeReader<Message> {
	readonly program: string;
	readonly shape: z.ZodType<Message>;
	read(message: Message): {
		readonly key: string;
		readonly parentKey: string | null | undefined;
		readonly time: unknown;
		/** Returns the content to keep, given its creation time in ms. */
		readonly message: (createdAt: number) => RawNode['message'];
	};
}

/**
 * Drops nodes without a message and attaches their children to the nearest kept ancestor. Parents come first; nodes
 * whose parents are missing or form a cycle start the conversation, so that no text is lost.
 */
export function keepMessages(nodes: readonly RawNode[]): ImportedMessage[] {
	const byKey = new Map(nodes.map((node) => [node.key, node]));
	const done = new Set<string>();
	const kept: ImportedMessage[] = [];
	for (const start of nodes) {
		const waiting: RawNode[] = [];
		const onPath = new Set<string>();
		for (
			let node: RawNode | undefined = start;
			node !== undefined && !done.has(node.key) && !onPath.has(node.key);
			node = node.parentKey === null ? undefined : byKey.get(node.parentKey)
		) {
			onPath.add(node.key);
			waiting.push(node);
		}
		for (const node of waiting.reverse()) {
			done.add(node.key);
			if (node.message !== null) {
				kept.push({ key: node.key, parentKey: keptAncestor(node, byKey, done), ...node.message });
			}
		}
	}
	return kept;
}

function keptAncestor(node: RawNode, byKey: ReadonlyMap<string, RawNode>, done: ReadonlySet<string>): string | null {
	const seen = new Set([node.key]);
	let key = node.parentKey;
	while (key !== null && !seen.has(key)) {
		seen.add(key);
		const parent = byKey.get(key);
		if (parent === undefined || !done.has(key)) return null;
		if (parent.message !== null) return key;
		key = parent.parentKey;
	}
	return null;
}

/** Returns the kept message at or above `key`; failing that, the last kept message. */
export function keptHead(
	key: string | null,
	nodes: readonly RawNode[],
	messages: readonly ImportedMessage[],
): string | null {
	const byKey = new Map(nodes.map((node) => [node.key, node]));
	const kept = new Set(messages.map((message) => message.key));
	const seen = new Set<string>();
	for (let at = key; at !== null && !seen.has(at); at = byKey.get(at)?.parentKey ?? null) {
		if (kept.has(at)) return at;
		seen.add(at);
	}
	return messages.at(-1)?.key ?? null;
}

/**
 * Converts a time in seconds (with fractions), milliseconds, or as a date string to milliseconds. Programs changed
 * their format: values that would lie before 1973 in milliseconds count as seconds.
 */
export function milliseconds(time: unknown, otherwise: number): number {
	if (typeof time === 'string' && time.trim() !== '') {
		const parsed = /^[\d.]+$/.test(time) ? Number(time) : Date.parse(time) / 1000;
		return milliseconds(parsed, otherwise);
	}
	if (typeof time !== 'number' || !Number.isFinite(time) || time <= 0) return otherwise;
	const scaled = time < 1e11 ? time * 1000 : time;
	// Some builds write nanoseconds or microseconds; no real date lies after the year 5138.
	const known = Math.round(scaled > 1e17 ? scaled / 1e6 : scaled > 1e14 ? scaled / 1e3 : scaled);
	return known > 1e14 ? otherwise : known;
}

/** Splits off reasoning embedded in the text, as <think> tags or as Open WebUI's <details type="reasoning">. */
export function splitEmbeddedReasoning(text: string): { content: string; reasoning: string | null } {
	const reasoning: string[] = [];
	const content = text
		.replace(
			/<details type="reasoning"[^>]*>\s*(?:<summary>[\s\S]*?<\/summary>)?([\s\S]*?)<\/details>/g,
			(_, inner) => {
				reasoning.push(
					String(inner)
						.replace(/^&gt; ?|^> ?/gm, '')
						.trim(),
				);
				return '';
			},
		)
		.replace(/^\s*<think(?:ing)?>([\s\S]*?)<\/think(?:ing)?>/, (_, inner) => {
			reasoning.push(String(inner).trim());
			return '';
		});
	const found = reasoning.filter((part) => part !== '').join('\n\n');
	return reasoning.length === 0
		? { content: text, reasoning: null }
		: { content: content.trimStart(), reasoning: found === '' ? null : found };
}
