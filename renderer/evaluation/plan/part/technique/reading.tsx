import type { Technique } from '../../../../../electron/contract/evaluation/technique.ts';
import { FieldLine, MoreFields } from '../field/more.tsx';
import { InlineCheckbox } from '../field/tick.tsx';
import { ExtractionFields } from './extraction-fields.tsx';
import { ExtractionTrialView } from './extraction-trial.tsx';
import { describeExtraction } from './extraction-words.ts';

/** How the answer is found in what comes back; tried on outputs that are there. */
export function ExtractionSection({
	technique,
	datasetId,
	choices,
	onChange,
}: {
	technique: Technique;
	datasetId: number | null;
	/** The samples have some. */
	choices: boolean;
	onChange: (technique: Technique) => void;
}) {
	if (technique.kind === 'choice-likelihood') return null;
	const words = 'extract' in technique ? describeExtraction(technique.extract) : 'the letter';
	return (
		<MoreFields label={`The answer is ${words}`}>
			<FieldLine>
				{'extract' in technique ? (
					<ExtractionFields
						extract={technique.extract}
						choices={choices}
						onChange={(extract) => onChange({ ...technique, extract })}
					/>
				) : (
					<InlineCheckbox
						label="The model can write nothing but a letter"
						checked={technique.forced}
						onChange={() => onChange({ ...technique, forced: !technique.forced })}
					/>
				)}
			</FieldLine>
			{datasetId === null ? null : <ExtractionTrialView datasetId={datasetId} technique={technique} />}
		</MoreFields>
	);
}
