import { z } from 'zod';
import {
	type ImportedConversation,
	type ImportedMessage,
	milliseconds,
	reasons,
	type Skipped,
	splitEmbeddedReasoning,
} from './imported.ts';

const partShape = z.looseObject({ type: z.string().nullish(), text: z.string().nullish() });

const stepShape = z.looseObject({
	type: z.string().nullish(),
	style: z.looseObject({ type: z.string().nullish() }).nullish(),
	content: z.array(partShape).nullish(),
	genInfo: z
		.looseObject({
			indexedModelIdentifier: z.string().nullish(),
			stats: z.looseObject({ stopReason: z.string().nullish() }).nullish(),
		})
		.nullish(),
});

const versionShape = z.looseObject({
	role: z.string(),
	content: z.array(partShape).nullish(),
	steps: z.array(stepShape).nullish(),
	senderInfo: z.looseObject({ senderName: z.string().nullish() }).nullish(),
});

const conversationShape = z.looseObject({
	name: z.string().nullish(),
	createdAt: z.unknown().optional(),
	pinned: z.boolean().nullish(),
	systemPrompt: z.string().nullish(),
	lastUsedModel: z.looseObject({ identifier: z.string().nullish() }).nullish(),
	messages: z.array(z.looseObject({ currentlySelected: z.int().min(0).nullish(), versions: z.array(z.unknown()) })),
});

type Version = z.infer<typeof versionShape>;

export function isLmStudio(value: unknown): boolean {
	if (typeof value !== 'object' || value === null || !('messages' in value) || !Array.isArray(value.messages))
		return false;
	return value.messages.every(
		(message: unknown) => typeof message === 'object' && message !== null && 'versions' in message,
	);
}

/**
 * Reads one *.conversation.json of LM Studio. Every version of a message becomes a branch; later messages attach to the
 * selected version. Throws a ZodError if the shape differs.
 */
export function readLmStudio(value: unknown, fileKey: string): ImportedConversation {
	const raw = conversationShape.parse(value);
	const createdAt = milliseconds(raw.createdAt, 0);
	const skipped: Skipped[] = [];
	const messages: ImportedMessage[] = [];
	let parentKey: string | null = null;
	for (const [index, { currentlySelected, versions }] of raw.messages.entries()) {
		let selected: string | null = null;
		for (const [which, candidate] of versions.entries()) {
			const parsed = versionShape.safeParse(candidate);
			if (!parsed.success) {
				skipped.push({
					what: `version ${which + 1} of message ${index + 1}`,
					why: reasons.unknownShape('LM Studio'),
				});
				continue;
			}
			const message = readVersion(parsed.data, skipped);
			if (message === null) continue;
			const key = `${index}.${which}`;
			messages.push({ key, parentKey, createdAt: createdAt > 0 ? createdAt + index : 0, ...message });
			if (selected === null || which === (currentlySelected ?? 0)) selected = key;
		}
		parentKey = selected ?? parentKey;
	}
	return {
		key: createdAt > 0 ? String(createdAt) : fileKey,
		source: 'lm-studio',
		title: raw.name ?? '',
		createdAt,
		updatedAt: createdAt > 0 ? createdAt + raw.messages.length : 0,
		systemPrompt: raw.systemPrompt ?? '',
		model: raw.lastUsedModel?.identifier ?? null,
		pinned: raw.pinned === true,
		archived: false,
		tags: [],
		messages,
		headKey: parentKey,
		skipped,
	};
}

function readVersion(
	version: Version,
	skipped: Skipped[],
): Omit<ImportedMessage, 'key' | 'parentKey' | 'createdAt'> | null {
	if (version.role === 'user') {
		const content = joinParts(version.content ?? [], skipped);
		return content.trim() === '' ? null : { role: 'user', content, reasoning: null, model: null, status: 'complete' };
	}
	if (version.role !== 'assistant') return null;
	const blocks = (version.steps ?? []).filter((step) => step.type === 'contentBlock');
	const thinking = blocks.filter((block) => block.style?.type === 'thinking');
	const text = [
		...blocks
			.filter((block) => block.style?.type !== 'thinking')
			.map((block) => joinParts(block.content ?? [], skipped)),
		...(version.steps == null ? [joinParts(version.content ?? [], skipped)] : []),
	].join('');
	const tagged = splitEmbeddedReasoning(text);
	const reasoning = [...thinking.map((block) => joinParts(block.content ?? [], skipped)), tagged.reasoning ?? '']
		.filter((part) => part.trim() !== '')
		.join('\n\n')
		.replace(/^\s*<think>|<\/think>\s*$/g, '')
		.trim();
	if (tagged.content.trim() === '' && reasoning === '') return null;
	const last = blocks.findLast((block) => block.genInfo != null)?.genInfo;
	return {
		role: 'assistant',
		content: tagged.content,
		reasoning: reasoning === '' ? null : reasoning,
		model: last?.indexedModelIdentifier ?? version.senderInfo?.senderName ?? null,
		status: last?.stats?.stopReason === 'userStopped' ? 'stopped' : 'complete',
	};
}

function joinParts(parts: readonly z.infer<typeof partShape>[], skipped: Skipped[]): string {
	return parts
		.map((part) => {
			if (typeof part.text === 'string') return part.text;
			skipped.push({ what: `an attachment (${part.type ?? 'of unknown kind'})`, why: reasons.onlyText });
			return '';
		})
		.join('');
}
