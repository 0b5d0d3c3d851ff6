import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const words =
	'the river bends toward a quiet town where people keep bread and letters in blue boxes until somebody asks for them again'.split(
		' ',
	);

/** Makes a text of about `length` characters that depends only on the seed. */
function prose(seed: number, length: number): string {
	const parts: string[] = [];
	let state = seed + 1;
	for (let size = 0; size < length; ) {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		const word = words[state % words.length]!;
		parts.push(word);
		size += word.length + 1;
	}
	return parts.join(' ');
}

/** Makes one conversation in ChatGPT's format: `turns` messages, the last but one with two answers. */
export function chatGptConversation(index: number, turns: number, messageLength: number): object {
	const time = 1_600_000_000 + index * 60;
	const mapping: Record<string, object> = { root: { id: 'root', message: null, parent: null, children: ['m0'] } };
	for (let turn = 0; turn < turns; turn += 1) {
		const role = turn % 2 === 0 ? 'user' : 'assistant';
		mapping[`m${turn}`] = {
			id: `m${turn}`,
			parent: turn === 0 ? 'root' : `m${turn - 1}`,
			children: [],
			message: {
				author: { role },
				create_time: time + turn,
				content: { content_type: 'text', parts: [`${index}.${turn} ${prose(index * 1000 + turn, messageLength)}`] },
				status: 'finished_successfully',
				metadata: role === 'assistant' ? { model_slug: 'gpt-4o' } : {},
			},
		};
	}
	return {
		title: `Conversation ${index}`,
		create_time: time,
		update_time: time + turns,
		conversation_id: `conversation-${index}`,
		current_node: `m${turns - 1}`,
		mapping,
	};
}

/** Writes a conversations.json of about `bytes`; returns the number of conversations. */
export async function writeChatGptExport(
	path: string,
	bytes: number,
	{ turns = 8, messageLength = 600 }: { turns?: number; messageLength?: number } = {},
): Promise<number> {
	const stream = createWriteStream(path);
	let count = 0;
	for (let written = 0; written < bytes; count += 1) {
		const text = `${count === 0 ? '[' : ','}\n${JSON.stringify(chatGptConversation(count, turns, messageLength))}`;
		written += text.length;
		if (!stream.write(text)) await once(stream, 'drain');
	}
	stream.end('\n]\n');
	await once(stream, 'finish');
	return count;
}
