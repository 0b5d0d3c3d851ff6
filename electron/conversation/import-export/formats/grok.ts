import { z } from 'zod';
import {
	type ImportedConversation,
	keepMessages,
	keptHead,
	milliseconds,
	type RawNode,
	readNodes,
	reasons,
	type Skipped,
} from './imported.ts';

const plainResponseShape = z.looseObject({
	// Exports name a response's id in either way.
	_id: z.string().nullish(),
	response_id: z.string().nullish(),
	message: z.string().nullish(),
	sender: z.string(),
	create_time: z.unknown().optional(),
	parent_response_id: z.string().nullish(),
	model: z.string().nullish(),
	thinking_trace: z.string().nullish(),
	file_attachments: z.array(z.unknown()).nullish(),
	generated_image_urls: z.array(z.unknown()).nullish(),
});

const responseShape = plainResponseShape.refine((response) => keyOf(response) !== null);

const conversationShape = z.looseObject({
	conversation: z.looseObject({
		id: z.string().nullish(),
		conversation_id: z.string().nullish(),
		title: z.string().nullish(),
		create_time: z.unknown().optional(),
		modify_time: z.unknown().optional(),
		starred: z.boolean().nullish(),
		leaf_response_id: z.string().nullish(),
	}),
	responses: z.array(z.unknown()),
});

type Response = z.infer<typeof plainResponseShape>;

function keyOf({ _id: id, response_id: otherId }: Response): string | null {
	return id ?? otherId ?? null;
}

export function isGrok(value: unknown): boolean {
	return typeof value === 'object' && value !== null && 'conversation' in value && 'responses' in value;
}

/** Reads one element of `conversations` in Grok's prod-grok-backend.json. Throws a ZodError if the shape differs. */
export function readGrok(value: unknown): ImportedConversation {
	const { conversation, responses } = conversationShape.parse(value);
	const createdAt = milliseconds(timeIn(conversation.create_time), 0);
	const skipped: Skipped[] = [];
	const { nodes, lastTime } = readNodes(
		responses.map((each) => (each as { response?: unknown } | null)?.response ?? each),
		{
			program: 'Grok',
			shape: responseShape,
			read: (response) => ({
				key: keyOf(response) ?? '',
				parentKey: response.parent_response_id,
				time: timeIn(response.create_time),
				message: (at) => readResponse(response, at, skipped),
			}),
		},
		{ createdAt, skipped },
	);
	const messages = keepMessages(nodes);
	const title = conversation.title ?? '';
	return {
		key: conversation.id ?? conversation.conversation_id ?? `${title}@${createdAt}`,
		source: 'grok',
		title,
		createdAt,
		updatedAt: milliseconds(timeIn(conversation.modify_time), lastTime),
		systemPrompt: '',
		model: null,
		pinned: conversation.starred === true,
		archived: false,
		tags: [],
		messages,
		headKey: keptHead(conversation.leaf_response_id ?? nodes.at(-1)?.key ?? null, nodes, messages),
		skipped,
	};
}

/** Times of messages have MongoDB's format: {"$date": {"$numberLong": "1748772000123"}}. */
function timeIn(time: unknown): unknown {
	if (typeof time !== 'object' || time === null) return time;
	const { $date: date } = time as { $date?: unknown };
	return typeof date === 'object' && date !== null ? (date as { $numberLong?: unknown }).$numberLong : date;
}

function readResponse(response: Response, createdAt: number, skipped: Skipped[]): RawNode['message'] {
	const kinds = [
		['a file', response.file_attachments],
		['a picture', response.generated_image_urls],
	] as const;
	for (const [what, there] of kinds) for (const _ of there ?? []) skipped.push({ what, why: reasons.onlyText });
	// The sender of an answer is “assistant”, in any case, or the name of its model.
	const role = response.sender.toLowerCase() === 'human' ? ('user' as const) : ('assistant' as const);
	const content = response.message ?? '';
	if (content.trim() === '') return null;
	const thought = response.thinking_trace?.trim() ?? '';
	const reasoning = role === 'user' || thought === '' ? null : thought;
	return { role, content, reasoning, createdAt, model: response.model ?? null, status: 'complete' };
}
