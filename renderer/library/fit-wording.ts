import type { FitChange, FitOptions, FitPart, FitVerdict } from '../../electron/contract/library/fit.ts';
import { formatCount } from '../design/format.ts';

export const verdictLabels: Readonly<Record<FitVerdict, string>> = {
	fits: 'Fits',
	tight: 'Tight',
	'wont-fit': 'Won’t fit',
};

/** Formats bytes as GB with two decimals, as sums need: "4.68 GB"; negative ones have a real minus. */
export function formatGigabytes(bytes: number): string {
	return `${formatGigabyteFigure(bytes)} GB`;
}

/** Formats the number without its unit. */
export function formatGigabyteFigure(bytes: number): string {
	return (bytes / 1e9)
		.toFixed(2)
		.replace('-', '−')
		.replace(/^−(0\.00)$/, '$1');
}

/** Formats memory as it is sold: "16 GB", "15.6 GB". */
export function formatMemorySize(bytes: number): string {
	const size = bytes / 1e9;
	return `${Math.abs(size - Math.round(size)) < 0.05 ? Math.round(size) : size.toFixed(1)} GB`;
}

/** Describes a part of the memory estimate. */
export function describePart({ kind, where }: FitPart, options: FitOptions): string {
	const place = where === 'vram' ? ' on the GPU' : '';
	switch (kind) {
		case 'weights':
			return `Weights${options.mapWeights ? '' : ', copied'}${place}`;
		case 'repacked':
			return 'Weights repacked for this processor';
		case 'kv':
			return `KV cache, ${formatCount(options.contextSize)} tokens, ${formatCacheType(options)}${place}`;
		case 'state':
			return 'State of recurrent layers';
		case 'compute':
			return `Compute buffers${place}`;
		case 'process':
			return 'Process and vocabulary';
		case 'correction':
			return 'Correction from earlier loads';
	}
}

/** Formats the cache type: "F16", or both types if keys and values differ. */
export function formatCacheType({ keyType, valueType }: Pick<FitOptions, 'keyType' | 'valueType'>): string {
	return keyType === valueType ? keyType : `${keyType} and ${valueType}`;
}

/** Describes a change: "Context 4,096 instead of 8,192". */
export function describeChange(change: FitChange, options: FitOptions): string {
	if (typeof change.contextSize === 'number') {
		return `Context ${formatCount(change.contextSize)} instead of ${formatCount(options.contextSize)}`;
	}
	return `KV cache as ${change.keyType ?? 'F16'}`;
}

/** Formats how far `measured` is from `predicted`: "+1.3 %", "−4.0 %". */
export function formatDeviation(predicted: number, measured: number): string {
	const percent = (100 * (measured - predicted)) / predicted;
	return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}
