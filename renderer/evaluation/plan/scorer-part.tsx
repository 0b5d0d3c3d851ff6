import { Plus, X } from 'lucide-react';
import type { DatasetLook } from '../../../electron/contract/evaluation/defaults.ts';
import type { Scorer, ScorerKind } from '../../../electron/contract/evaluation/scorer.ts';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import { buttonClass, IconButton } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { chooseDefaultModel } from '../../library/library-store.ts';
import { t } from '../../messages/t.ts';
import { FormPart } from './form-part.tsx';
import { createScorer, listScorerNames, type RunDraft, replaceScorers } from './run-draft.ts';
import { ScorerFields } from './scorer-fields.tsx';
import { scorerKinds } from './scorer-kinds.ts';

/** Chooses the scorers; the first one is the headline. */
export function ScorerPart({
	draft,
	look,
	files,
	change,
}: {
	draft: RunDraft;
	look: DatasetLook | null;
	files: readonly ModelFile[];
	change: (part: Partial<RunDraft>) => void;
}) {
	const { scorers } = draft;
	const names = listScorerNames(scorers);
	const judge = chooseDefaultModel(files)?.id;
	const offered = (Object.keys(scorerKinds) as ScorerKind[]).filter((kind) => kind !== 'judge' || judge !== undefined);
	return (
		<FormPart
			title={t('Scorers')}
			hint={scorers.length > 1 ? t('The first is the headline.') : t('How answers are scored.')}
			action={
				<Menu
					align="start"
					width={340}
					trigger={
						<button type="button" className={`${buttonClass('ghost', 'sm')} -ml-2`}>
							<Icon of={Plus} size={14} />
							{t('Add scorer')}
						</button>
					}
				>
					{offered.map((kind) => (
						<MenuItem
							key={kind}
							onSelect={() => change(replaceScorers(draft, [...scorers, createScorer(kind, judge ?? 0)]))}
						>
							<span className="block py-1">
								<span className="block">{scorerKinds[kind].words}</span>
								<span className="block text-xs text-wrap text-ink-3">{scorerKinds[kind].hint}</span>
							</span>
						</MenuItem>
					))}
				</Menu>
			}
		>
			{scorers.length === 0 && look !== null ? (
				<p className="text-ink-2">
					{look.facets.withTarget > 0
						? t('No automatic scorer fits these targets.')
						: t('This dataset has no targets to score by.')}{' '}
					{t('Add a scorer that needs no target: a pattern, a judge, or your own function.')}
				</p>
			) : null}
			{scorers.map((scorer, index) => (
				<ScorerRow
					// biome-ignore lint/suspicious/noArrayIndexKey: two scorers may be alike while they are edited
					key={index}
					scorer={scorer}
					name={names[index] ?? scorer.kind}
					files={files}
					onChange={(next) =>
						change(
							replaceScorers(
								draft,
								scorers.map((one, at) => (at === index ? next : one)),
							),
						)
					}
					onRemove={() => change(replaceScorers(draft, scorers.toSpliced(index, 1)))}
				/>
			))}
		</FormPart>
	);
}

function ScorerRow({
	scorer,
	name,
	files,
	onChange,
	onRemove,
}: {
	scorer: Scorer;
	name: string;
	files: readonly ModelFile[];
	onChange: (scorer: Scorer) => void;
	onRemove: () => void;
}) {
	const { words, hint } = scorerKinds[scorer.kind];
	return (
		<div className="w-full">
			<div className="flex min-h-7 items-start gap-x-3">
				<span className="flex min-h-6.5 min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-0.5">
					<span className="w-36 flex-none truncate font-medium" title={name}>
						{words}
					</span>
					{/* Below the name where there is no room for a readable line beside it. */}
					<span className="min-w-0 flex-1 basis-64 text-xs text-pretty text-ink-3">{hint}</span>
				</span>
				<IconButton icon={X} size="sm" label={t('Remove {words}', { words })} onClick={onRemove} />
			</div>
			<div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1.5 empty:hidden">
				<ScorerFields scorer={scorer} files={files} onChange={onChange} />
			</div>
		</div>
	);
}
