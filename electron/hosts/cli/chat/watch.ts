import type { GenerationUpdate, Message } from '../../../contract/conversation.ts';
import type { Output } from '../output.ts';

/** Prints an answer as it comes and resolves with the message at its end. Throws where the stream breaks off. */
export async function printAnswer(updates: AsyncIterable<GenerationUpdate>, output: Output): Promise<Message> {
	let shown = 0;
	function showUpTo(content: string): void {
		output.stream(content.slice(shown));
		shown = Math.max(shown, content.length);
	}
	for await (const update of updates) {
		switch (update.type) {
			case 'snapshot':
				showUpTo(update.message.content);
				break;
			case 'loading':
				output.progress(loadingLine(update));
				break;
			case 'prompt':
				output.progress(`reading the prompt, ${percent(update.processed / Math.max(update.total, 1))}`);
				break;
			case 'tokens':
				output.stream(update.text);
				shown += update.text.length;
				if (update.text === '') output.progress(`thinking, ${update.completionTokens} tokens`);
				break;
			case 'end':
				showUpTo(update.message.content);
				if (shown > 0 && !update.message.content.endsWith('\n')) output.stream('\n');
				output.progress(null);
				return update.message;
		}
	}
	throw new Error('the updates of the answer ended before it did');
}

function loadingLine({ modelName, stage, fraction }: Extract<GenerationUpdate, { type: 'loading' }>): string {
	if (stage === 'queued') return `waiting: ${modelName} writes other answers first`;
	return `loading ${modelName}${fraction === null ? '' : `, ${percent(fraction)}`}`;
}

function percent(fraction: number): string {
	return `${Math.round(fraction * 100)} %`;
}
