import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { engineLabels, engineOfBuild } from '../../../models/contract/engine-names.ts';
import { formatCount, formatDuration, formatNumber, formatRate } from '../../design/format.ts';
import { shortenModelName } from '../../library/model-name.ts';
import { t } from '../../messages/t.ts';

/** Describes why an answer ended. */
export function describeEnding(message: Message): string | null {
	if (message.status === 'interrupted') return t('interrupted');
	if (message.status === 'failed') return null;
	const { generation } = message;
	switch (generation?.stopReason) {
		case 'end':
			return t('finished');
		case 'stop-string':
			return t('stopped at “{text}”', { text: generation.stopString ?? '' });
		case 'max-tokens':
			return t('stopped at the answer limit of {limit}', {
				limit: formatCount(generation.sampling.maxTokens ?? generation.completionTokens),
			});
		case 'context-full':
			return t('stopped: the context of {size} is full', { size: formatCount(generation.contextSize) });
		case 'stopped':
			return t('stopped by you');
		case null:
		case undefined:
			return message.status === 'stopped' ? t('stopped by you') : null;
	}
}

/** "SmolLM2 135M Q4_1", or the name that an import gave; null: unknown. */
export function nameModel({ generation, importedModel }: Message): string | null {
	return generation === null
		? (importedModel ?? null)
		: `${shortenModelName(generation.modelName)} ${generation.quantization}`.trim();
}

/** "214 tokens", "61 tok/s", "first token 92 ms", "1,904 of 2,031 prompt tokens cached", "finished", "SmolLM2 135M Q4_1" */
export function formatStats(message: Message): string[] {
	const { generation } = message;
	const parts: (string | null)[] = [];
	if (generation !== null && generation.completionTokens > 0) {
		parts.push(
			t('{count, plural, one {# token} other {# tokens}}', { count: generation.completionTokens }),
			generation.tokensPerSecond === null ? null : formatRate(generation.tokensPerSecond),
			generation.ttftMs > 0 ? t('first token {time}', { time: formatDuration(generation.ttftMs) }) : null,
			generation.promptTokens > 0
				? t('{cached} of {total, plural, one {# prompt token} other {# prompt tokens}} cached', {
						cached: formatCount(generation.cachedTokens),
						total: generation.promptTokens,
					})
				: null,
			generation.drafted !== undefined && generation.drafted > 0
				? t('{accepted} of {drafted} drafted tokens accepted', {
						accepted: formatCount(generation.accepted ?? 0),
						drafted: formatCount(generation.drafted),
					})
				: null,
			describeBatch(generation.width),
		);
	}
	parts.push(describeEnding(message));
	if (message.continuesId !== null) parts.push(t('continues another version'));
	if (generation !== null) {
		parts.push(nameModel(message));
		for (const { name, scale } of generation.adapters ?? []) {
			parts.push(
				scale === 1
					? t('adapter {name}', { name })
					: t('adapter {name} × {scale}', { name, scale: formatNumber(scale, 2) }),
			);
		}
		// The usual engine goes without saying.
		if (engineOfBuild(generation.engineBuild) === 'node-llama-cpp') parts.push(engineLabels['node-llama-cpp']);
	} else if (message.importedModel !== undefined) parts.push(t('{model}, imported', { model: message.importedModel }));
	return parts.filter((part) => part !== null);
}

/** Describes how many sequences were decoded together: this changes rounding, and so the output for a seed. */
function describeBatch(width: number | undefined): string | null {
	return width === undefined || width < 2 ? null : t('batch of {count}', { count: formatCount(width) });
}

/** Describes what the overflow policy did to the prompt of an answer; null if nothing. */
export function describeOverflow({ generation, ledger }: Message): string | null {
	// Answers of older versions know only the number of turns.
	const left = ledger === undefined ? (generation?.droppedTurns ?? 0) : (ledger.overflow?.leftOut ?? 0);
	if (left === 0 || generation === null) return null;
	return t(
		'{count, plural, one {The oldest message was} other {The # oldest messages were}} left out: the context holds {size} tokens. The system prompt was kept.',
		{ count: left, size: formatCount(generation.contextSize) },
	);
}

/** Whether the answer was cut off before the model finished, so that it can be continued. */
export function isCutOff({ status, content, reasoning, generation, rounds }: Message): boolean {
	if (content === '' && reasoning === null && rounds === undefined) return false;
	if (status === 'stopped' || status === 'interrupted' || status === 'failed') return true;
	return generation?.stopReason === 'max-tokens' || generation?.stopReason === 'context-full';
}
