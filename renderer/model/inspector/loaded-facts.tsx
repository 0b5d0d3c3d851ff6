import type { ModelState } from '../../../electron/contract/model.ts';
import { bytes, count, counted, duration, rate } from '../../design/format.ts';
import { Fact, headClass } from './fact.tsx';

/** What is true of a model while it is loaded, measured here. */
export function LoadedFacts({ state }: { state: Extract<ModelState, { state: 'loaded' }> }) {
	const { capabilities } = state;
	const trials = capabilities.threadTrials.toSorted((a, b) => a.threads - b.threads);
	return (
		<section aria-label="Loaded">
			<h3 className={headClass}>Loaded</h3>
			<dl>
				<Fact name="Memory">{bytes(state.residentBytes)}</Fact>
				<Fact name="Context">{count(capabilities.contextSize)} tokens</Fact>
				<Fact name="Answers at once">
					{capabilities.parallelAnswers === 1 ? '1' : `up to ${count(capabilities.parallelAnswers)}`}
				</Fact>
				<Fact name="Threads">{count(capabilities.threads)}</Fact>
				{trials.map(({ threads, tokensPerSecond }) => (
					<Fact key={threads} name={`With ${counted(threads, 'thread')}`}>
						{rate(tokensPerSecond)}
					</Fact>
				))}
				<Fact name="Took to load">{duration(capabilities.loadMs)}</Fact>
				<Fact name="Engine">{capabilities.engineBuild.replace(/^.*\((.*)\)$/, '$1')}</Fact>
			</dl>
		</section>
	);
}
