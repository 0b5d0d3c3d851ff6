import type { ComputeDevice } from '../../contract/model/own.ts';
import type { EngineFacts } from '../model-service.ts';

const kinds: readonly (readonly [RegExp, ComputeDevice['kind']])[] = [
	[/^cuda/i, 'cuda'],
	[/^(metal|mtl)/i, 'metal'],
	[/^vulkan/i, 'vulkan'],
	[/^cpu/i, 'cpu'],
];

/** What the engine reports that it can run on; the processor is always there. */
export function devicesOf({ gpus, found }: EngineFacts, processor: string, memoryBytes: number): ComputeDevice[] {
	const others =
		found ??
		gpus.map((name): ComputeDevice => {
			const kind = kinds.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
			return { kind, name, memoryBytes: null };
		});
	return [{ kind: 'cpu', name: processor, memoryBytes }, ...others];
}
