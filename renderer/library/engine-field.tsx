import { useStore } from 'zustand';
import type { ModelFile, ModelLoad, ModelOptions } from '../../electron/contract/library/schema.ts';
import { engineLabels, engineSpeeds, nodeLlamaCppLimits } from '../../models/contract/engine-names.ts';
import { formatList, formatRate } from '../design/format.ts';
import { Select } from '../design/select.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { FieldLabel } from './device-fields.tsx';
import { EngineLimits } from './engine-limits.tsx';
import { useLoads } from './use-loads.ts';

/** "Measured here: llama.cpp’s C API 71 tok/s, node-llama-cpp 58 tok/s"; null before any was measured. */
export function describeEngineSpeeds(loads: readonly ModelLoad[]): string | null {
	const speeds = engineSpeeds(loads).map(
		({ name, tokensPerSecond }) => `${engineLabels[name]} ${formatRate(tokensPerSecond)}`,
	);
	return speeds.length === 0 ? null : t('Measured here: {speeds}.', { speeds: formatList(speeds) });
}

/** Chooses the engine that answers, with what the other one lacks and how fast each was here. */
export function EngineField({
	model,
	engine,
	onChange,
}: {
	model: ModelFile;
	engine: ModelOptions['engine'];
	onChange: (engine: ModelOptions['engine']) => void;
}) {
	const { models } = useServices();
	const state = useStore(models.state, ({ states }) => states[model.id]);
	const loads = useLoads(model) ?? [];
	const chosen = engine ?? 'auto';
	const failure = state?.state === 'loaded' ? state.capabilities.engineFailure : undefined;
	const speeds = describeEngineSpeeds(loads);
	return (
		<section aria-label={t('Engine')}>
			<FieldLabel of={t('Engine')} changed={chosen !== 'auto'} />
			<Select
				wide
				label={t('Engine')}
				value={chosen}
				options={[
					{
						value: 'auto',
						words: t('Automatic: {engine}', {
							engine: engineLabels[failure === undefined ? 'c-api' : 'node-llama-cpp'],
						}),
					},
					{ value: 'node-llama-cpp', words: engineLabels['node-llama-cpp'] },
				]}
				onChange={(next) => onChange(next === 'auto' ? undefined : next)}
			/>
			{chosen === 'node-llama-cpp' ? (
				<div className="mt-1">
					<EngineLimits limits={nodeLlamaCppLimits} />
				</div>
			) : (
				<p className="mt-1 text-xs text-ink-3">
					{failure === undefined
						? t('If llama.cpp’s C API can’t be used, node-llama-cpp answers instead.')
						: failure.message}
				</p>
			)}
			{speeds === null ? null : <p className="mt-1 text-xs text-ink-3 tabular-nums">{speeds}</p>}
		</section>
	);
}
