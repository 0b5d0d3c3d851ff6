import type { Run } from '../../../electron/contract/evaluation/run.ts';
import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import { FormPart } from '../plan/part/part.tsx';
import { ExtractionFields } from '../plan/part/technique/extraction-fields.tsx';
import { ExtractionTrialView } from '../plan/part/technique/extraction-trial.tsx';
import { describeTechnique } from '../words.ts';

/** How the answer is found in the outputs of each technique; tried on them. */
export function AnswerPart({
	run,
	techniques,
	onChange,
}: {
	run: Run;
	techniques: readonly Technique[];
	onChange: (techniques: Technique[]) => void;
}) {
	const choices = techniques.some(({ kind }) => kind.startsWith('choice'));
	return (
		<FormPart title="Answers" hint="What of an output is marked.">
			{techniques.map((technique, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: techniques of a run keep their places
				<div key={index} className="flex w-full flex-col gap-1.5">
					<div className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-1.5">
						{techniques.length === 1 ? null : (
							<span className="w-36 flex-none truncate font-medium" title={describeTechnique(technique)}>
								{describeTechnique(technique)}
							</span>
						)}
						{'extract' in technique ? (
							<ExtractionFields
								extract={technique.extract}
								choices={choices}
								onChange={(extract) =>
									onChange(techniques.map((one, at) => (at === index ? { ...technique, extract } : one)))
								}
							/>
						) : (
							<span className="text-xs text-ink-2">
								{technique.kind === 'choice-letter'
									? 'The answer is the letter that was written.'
									: 'The answer is the choice that was likeliest.'}
							</span>
						)}
					</div>
					{'extract' in technique ? (
						<ExtractionTrialView datasetId={run.dataset.id} technique={technique} from={armOf(run, index)} />
					) : null}
				</div>
			))}
		</FormPart>
	);
}

/** The first arm that was asked by a technique of the run: arms are prompts × techniques × models × parameters. */
function armOf({ arms, config }: Run, technique: number): number | undefined {
	const position = technique * config.modelFileIds.length * config.parameters.length;
	return arms.find((arm) => arm.position === position)?.id;
}
