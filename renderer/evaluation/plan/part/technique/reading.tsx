import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { Technique } from '../../../../../electron/contract/evaluation/technique.ts';
import { Button } from '../../../../design/button.tsx';
import { TextArea } from '../../../../design/field/text-field.tsx';
import { Icon } from '../../../../design/icon.tsx';
import { Tick } from '../tick.tsx';
import { ExtractionFields } from './extraction-fields.tsx';
import { ExtractionTrialView } from './extraction-trial.tsx';
import { extractionWords } from './extraction-words.ts';

/** What the technique adds to the prompt, and how the answer is found in what comes back; tried on outputs that are there. */
export function Reading({
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
	const [open, setOpen] = useState(false);
	if (technique.kind === 'choice-likelihood') return null;
	const words = 'extract' in technique ? extractionWords(technique.extract) : 'the letter';
	return (
		<>
			<Button size="sm" kind="ghost" className="-ml-2 max-w-full" aria-expanded={open} onClick={() => setOpen(!open)}>
				<Icon of={ChevronRight} size={14} className={open ? 'rotate-90' : ''} />
				<span className="truncate font-normal">The answer is {words}</span>
			</Button>
			{open ? (
				<div
					ref={showWhole}
					className="mb-2 flex w-full flex-col gap-3 rounded-[8px] border border-line bg-sunken px-3 py-2.5"
				>
					{'instruction' in technique ? (
						<TextArea
							label="Added to the prompt"
							hint="empty: the prompt says it itself"
							maxHeight={120}
							value={technique.instruction}
							onChange={(event) => onChange({ ...technique, instruction: event.target.value })}
						/>
					) : null}
					<div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
						{'extract' in technique ? (
							<ExtractionFields
								extract={technique.extract}
								choices={choices}
								onChange={(extract) => onChange({ ...technique, extract })}
							/>
						) : (
							<Tick
								label="The model can write nothing but a letter"
								checked={technique.forced}
								onChange={() => onChange({ ...technique, forced: !technique.forced })}
							/>
						)}
					</div>
					{datasetId === null ? null : <ExtractionTrialView datasetId={datasetId} technique={technique} />}
				</div>
			) : null}
		</>
	);
}

/** What was just opened may begin at the lower edge. */
function showWhole(opened: HTMLElement | null): void {
	opened?.scrollIntoView({ block: 'nearest' });
}
