import type { FitChange, FitOptions, FitPart, FitVerdict } from '../../electron/contract/library/fit.ts';
import { formatCount, formatNumber, formatPercentage } from '../design/format.ts';
import { t } from '../messages/t.ts';

export const verdictLabels: Readonly<Record<FitVerdict, string>> = {
	fits: t('Fits'),
	tight: t('Tight'),
	'wont-fit': t('Won’t fit'),
};

/** Formats bytes as GB with two decimals, as sums need: "4.68 GB"; negative ones have a real minus. */
export function formatGigabytes(bytes: number): string {
	return `${formatGigabyteFigure(bytes)} GB`;
}

/** Formats the number without its unit. */
export function formatGigabyteFigure(bytes: number): string {
	const size = bytes / 1e9;
	return formatNumber(Math.abs(size) < 0.005 ? 0 : size, 2);
}

/** Formats memory as it is sold: "16 GB", "15.6 GB". */
export function formatMemorySize(bytes: number): string {
	const size = bytes / 1e9;
	return `${Math.abs(size - Math.round(size)) < 0.05 ? formatCount(Math.round(size)) : formatNumber(size, 1)} GB`;
}

/** Describes a part of the memory estimate. */
export function describePart({ kind, where }: FitPart, options: FitOptions): string {
	const onGpu = where === 'vram';
	switch (kind) {
		case 'weights':
			if (options.mapWeights) return onGpu ? t('Weights on the GPU') : t('Weights');
			return onGpu ? t('Weights, copied on the GPU') : t('Weights, copied');
		case 'repacked':
			return t('Weights repacked for this processor');
		case 'kv':
			return onGpu
				? t('KV cache, {tokens, plural, one {# token} other {# tokens}}, {type} on the GPU', {
						tokens: options.contextSize,
						type: formatCacheType(options),
					})
				: t('KV cache, {tokens, plural, one {# token} other {# tokens}}, {type}', {
						tokens: options.contextSize,
						type: formatCacheType(options),
					});
		case 'state':
			return t('Recurrent state');
		case 'compute':
			return onGpu ? t('Compute buffers on the GPU') : t('Compute buffers');
		case 'process':
			return t('Process and vocabulary');
		case 'correction':
			return t('Correction from earlier loads');
	}
}

/** Formats the cache type: "F16", or both types if keys and values differ. */
export function formatCacheType({ keyType, valueType }: Pick<FitOptions, 'keyType' | 'valueType'>): string {
	return keyType === valueType ? keyType : t('{keyType} and {valueType}', { keyType, valueType });
}

/** Describes a change: "Context 4,096 instead of 8,192". */
export function describeChange(change: FitChange, options: FitOptions): string {
	if (typeof change.contextSize === 'number') {
		return t('Context {wanted} instead of {current}', {
			wanted: formatCount(change.contextSize),
			current: formatCount(options.contextSize),
		});
	}
	return t('KV cache as {keyType}', { keyType: change.keyType ?? 'F16' });
}

/** Formats how far `measured` is from `predicted`: "+1.3 %", "−4.0 %". */
export function formatDeviation(predicted: number, measured: number): string {
	const percent = (100 * (measured - predicted)) / predicted;
	return `${percent < 0 ? '−' : '+'}${formatPercentage(Math.abs(percent), 1)}`;
}
