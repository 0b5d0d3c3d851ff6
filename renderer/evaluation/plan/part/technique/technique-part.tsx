import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { Technique } from '../../../../../electron/contract/evaluation/technique.ts';
import { Button, buttonClass, IconButton } from '../../../../design/button.tsx';
import { Icon } from '../../../../design/icon.tsx';
import { Menu, MenuItem } from '../../../../design/menu.tsx';
import { describeTechnique } from '../../../words.ts';
import { countMostShots } from '../../set-apart.ts';
import type { Plan } from '../../use-plan.ts';
import { FormPart } from '../part.tsx';
import { AskingFields } from './asking.tsx';
import { ExtractionSection } from './reading.tsx';
import { TechniqueFields } from './technique-fields.tsx';
import { createTechnique, listOfferedTechniques, listSplits, techniqueKinds } from './technique-kinds.ts';

/** How the question is put: each a row of its own in the result. */
export function TechniquePart({ plan }: { plan: Plan }) {
	const { draft, look, change, setApart } = plan;
	const { techniques } = draft;
	const splits = listSplits(look);
	const choices = (look?.facets.withChoices ?? 0) > 0;
	const put = (index: number, next: Technique): void =>
		change({ techniques: techniques.map((one, at) => (at === index ? next : one)) });
	return (
		<FormPart
			title="Techniques"
			hint="How the question is put."
			action={
				<Menu
					align="start"
					width={320}
					trigger={
						<button type="button" className={`${buttonClass('ghost', 'sm')} -ml-2`}>
							<Icon of={Plus} size={14} />
							Add a technique
						</button>
					}
				>
					{listOfferedTechniques(look).map((kind) => (
						<MenuItem key={kind} onSelect={() => change({ techniques: [...techniques, createTechnique(kind, look)] })}>
							<span className="block py-1">
								<span className="block">{techniqueKinds[kind].words}</span>
								<span className="block text-xs text-wrap text-ink-3">{techniqueKinds[kind].hint}</span>
							</span>
						</MenuItem>
					))}
				</Menu>
			}
		>
			{techniques.map((technique, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: two techniques may be alike while they are edited
				<div key={index} className="w-full">
					<div className="flex min-h-7 items-start gap-x-3">
						<span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
							<span className="flex min-h-6.5 w-36 flex-none items-center font-medium">
								{techniqueKinds[technique.kind].words}
							</span>
							<TechniqueFields technique={technique} splits={splits} onChange={(next) => put(index, next)} />
						</span>
						{techniques.length === 1 ? null : (
							<IconButton
								icon={X}
								size="sm"
								label={`Remove ${describeTechnique(technique)}`}
								onClick={() => change({ techniques: techniques.filter((_, at) => at !== index) })}
							/>
						)}
					</div>
					<span className="flex w-full flex-wrap items-center gap-x-3 gap-y-1">
						<AskingFields plan={plan} index={index} technique={technique} onChange={(next) => put(index, next)} />
						<ExtractionSection
							technique={technique}
							datasetId={draft.datasetId}
							choices={choices}
							onChange={(next) => put(index, next)}
						/>
					</span>
				</div>
			))}
			{countMostShots(techniques) > 0 && splits.length === 1 ? (
				<NothingApart split={splits[0]} setApart={setApart} />
			) : null}
		</FormPart>
	);
}

/** Examples are never rows that are tested: a dataset of one split has none to show. */
function NothingApart({ split, setApart }: { split: string | undefined; setApart: () => Promise<void> }) {
	const [busy, setBusy] = useState(false);
	return (
		<div className="flex w-full flex-wrap items-center gap-x-3 gap-y-1.5 rounded-[8px] bg-warn-soft px-3 py-2 text-xs">
			<span className="min-w-48 flex-1 text-pretty">
				Every sample is in “{split}” and tested. Examples come from a split that is not.
			</span>
			<Button
				size="sm"
				busy={busy ? 'Setting apart' : undefined}
				onClick={() => {
					setBusy(true);
					void setApart().finally(() => setBusy(false));
				}}
			>
				Set some apart
			</Button>
		</div>
	);
}
