import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { engineLabels, engineOfBuild } from '../../../models/contract/engine-names.ts';
import { formatCount, formatDuration, formatQuantity, formatRate } from '../../design/format.ts';
import { shortenModelName } from '../../library/model-name.ts';

/** Describes why an answer ended. */
export function describeEnding(message: Message): string | null {
	if (message.status === 'interrupted') return 'interrupted';
	if (message.status === 'failed') return null;
	const { generation } = message;
	switch (generation?.stopReason) {
		case 'end':
			return 'finished';
		case 'stop-string':
			return `stopped at “${generation.stopString ?? ''}”`;
		case 'max-tokens':
			return `stopped at the answer limit of ${formatCount(generation.sampling.maxTokens ?? generation.completionTokens)}`;
		case 'context-full':
			return `stopped: the context of ${formatCount(generation.contextSize)} is full`;
		case 'stopped':
			return 'stopped by you';
		case null:
		case undefined:
			return message.status === 'stopped' ? 'stopped by you' : null;
	}
}

/** "214 tokens · 61 tok/s · first token 92 ms · 1,904 of 2,031 prompt tokens cached · finished · SmolLM2 135M Q4_1" */
export function formatStats(message: Message): string {
	const { generation } = message;
	const parts: (string | null)[] = [];
	if (generation !== null && generation.completionTokens > 0) {
		parts.push(
			formatQuantity(generation.completionTokens, 'token'),
			generation.tokensPerSecond === null ? null : formatRate(generation.tokensPerSecond),
			generation.ttftMs > 0 ? `first token ${formatDuration(generation.ttftMs)}` : null,
			generation.promptTokens > 0
				? `${formatCount(generation.cachedTokens)} of ${formatQuantity(generation.promptTokens, 'prompt token')} cached`
				: null,
			generation.drafted !== undefined && generation.drafted > 0
				? `${formatCount(generation.accepted ?? 0)} of ${formatCount(generation.drafted)} drafted tokens accepted`
				: null,
			describeBatch(generation.width),
		);
	}
	parts.push(describeEnding(message));
	if (message.continuesId !== null) parts.push('continues another version');
	if (generation !== null) {
		parts.push(`${shortenModelName(generation.modelName)} ${generation.quantization}`);
		// The usual engine goes without saying.
		if (engineOfBuild(generation.engineBuild) === 'node-llama-cpp') parts.push(engineLabels['node-llama-cpp']);
	} else if (message.importedModel !== undefined) parts.push(`${message.importedModel}, imported`);
	return parts.filter((part) => part !== null).join(' · ');
}

/** Describes how many sequences were decoded together: this changes rounding, and so the output for a seed. */
function describeBatch(width: number | undefined): string | null {
	return width === undefined || width < 2
		? null
		: `together with ${formatCount(width - 1)} other${width > 2 ? 's' : ''}`;
}

/** Describes what the overflow policy did to the prompt of an answer; null if nothing. */
export function describeOverflow(droppedTurns: number, contextSize: number): string | null {
	if (droppedTurns === 0) return null;
	const what = droppedTurns === 1 ? 'The oldest message was' : `The ${formatCount(droppedTurns)} oldest messages were`;
	return `${what} left out: the context holds ${formatCount(contextSize)} tokens. The system prompt was kept.`;
}

/** Whether the answer was cut off before the model finished, so that it can be continued. */
export function isCutOff({ status, content, reasoning, generation }: Message): boolean {
	if (content === '' && reasoning === null) return false;
	if (status === 'stopped' || status === 'interrupted' || status === 'failed') return true;
	return generation?.stopReason === 'max-tokens' || generation?.stopReason === 'context-full';
}
