import type { ModelState } from '../../../electron/contract/model.ts';
import { formatBytes, formatCount, formatDuration, formatQuantity, formatRate } from '../../design/format.ts';
import { Fact, headClass } from './fact.tsx';

/** What is true of a model while it is loaded, measured here. */
export function LoadedFacts({ state }: { state: Extract<ModelState, { state: 'loaded' }> }) {
	const { capabilities } = state;
	const trials = capabilities.threadTrials.toSorted((a, b) => a.threads - b.threads);
	return (
		<section aria-label="Loaded">
			<h3 className={headClass}>Loaded</h3>
			<dl>
				<Fact name="Runs on">{capabilities.gpu?.device ?? 'Processor'}</Fact>
				{capabilities.gpu === undefined ? null : (
					<>
						<Fact name="Layers on the GPU">
							{formatCount(capabilities.gpu.layers)} of {formatCount(capabilities.gpu.ofLayers)}
						</Fact>
						<Fact name="Memory of the GPU">{formatBytes(capabilities.gpu.usedBytes)}</Fact>
					</>
				)}
				<Fact name="Memory">{formatBytes(state.residentBytes)}</Fact>
				<Fact name="Context">{formatCount(capabilities.contextSize)} tokens</Fact>
				<Fact name="Answers at once">
					{capabilities.parallelAnswers === 1 ? '1' : `up to ${formatCount(capabilities.parallelAnswers)}`}
				</Fact>
				<Fact name="Threads">{formatCount(capabilities.threads)}</Fact>
				{trials.map(({ threads, tokensPerSecond }) => (
					<Fact key={threads} name={`With ${formatQuantity(threads, 'thread')}`}>
						{formatRate(tokensPerSecond)}
					</Fact>
				))}
				<Fact name="Took to load">{formatDuration(capabilities.loadMs)}</Fact>
				<Fact name="Engine">{capabilities.engineBuild.replace(/^.*\((.*)\)$/, '$1')}</Fact>
			</dl>
			{capabilities.gpuFailure === undefined ? null : (
				<p className="mt-1 text-xs text-warn">
					{capabilities.gpuFailure.message} The processor computes everything instead.{' '}
					{capabilities.gpuFailure.next.map((step) => `${step}.`).join(' ')}
				</p>
			)}
		</section>
	);
}
