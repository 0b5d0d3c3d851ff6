import type { Conversation, Message } from '../../contract/conversation.ts';

/** One branch to read: who said what, and under each answer which model said it. Texts stand as they are. */
export function markdownOf(conversation: Conversation, messages: readonly Message[]): string {
	const { title, systemPrompt, createdAt } = conversation;
	return `${[
		`# ${title}`,
		`*${new Date(createdAt).toISOString()}*`,
		...(systemPrompt === '' ? [] : ['## System prompt', systemPrompt]),
		...messages.flatMap(sectionOf),
	].join('\n\n')}\n`;
}

function sectionOf(message: Message): readonly string[] {
	const { role, content, reasoning, failure, generation, status } = message;
	if (role === 'user') return ['## You', content];
	const model = generation === null ? '' : ` (${generation.modelName}, ${generation.quantization})`;
	const notes = [
		...(status === 'complete' ? [] : [`*${endings[status]}*`]),
		...(failure === null ? [] : [`*${failure.message}*`]),
	];
	return [
		`## Assistant${model}`,
		...(reasoning === null ? [] : [`<details><summary>Reasoning</summary>\n\n${reasoning}\n\n</details>`]),
		...(content === '' ? [] : [content]),
		...notes,
	];
}

const endings: Record<Exclude<Message['status'], 'complete'>, string> = {
	streaming: 'Still being written.',
	stopped: 'Stopped.',
	interrupted: 'Interrupted: Assay ended while this was written.',
	failed: 'Failed.',
};
