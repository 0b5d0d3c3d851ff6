import { Pencil, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { PromptVersion } from '../../electron/contract/prompt/schema.ts';
import { useQuery } from '../connection/use-query.ts';
import { Button } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { DiffText } from '../design/diff-text.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { openNewRun } from '../evaluation/run-actions.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { type ComparedVersions, toContent } from './prompt-store.ts';

const parts = [
	{ part: 'system', label: t('System prompt') },
	{ part: 'template', label: t('Prompt') },
	{ part: 'example', label: t('Example format') },
] as const;

/** Two versions side by side, with removed text marked in one and added text in the other. */
export function VersionDiff({ compared }: { compared: ComparedVersions }) {
	const services = useServices();
	const { prompts } = services;
	const versions = useStore(prompts.state, (state) => state.versions);
	const { fromId, toId } = compared;
	const { data: diff, failure } = useQuery(`${fromId}/${toId}`, (client, signal) =>
		client.prompts.diff({ fromVersionId: fromId, toVersionId: toId }, { signal }),
	);
	const from = versions.find(({ id }) => id === fromId);
	const to = versions.find(({ id }) => id === toId);
	if (from === undefined || to === undefined) return null;
	const differs = parts.filter(({ part }) => diff?.[part].some(({ kind }) => kind !== 'same'));
	return (
		<div className="flex flex-col gap-4">
			<div className="flex flex-wrap items-center gap-2">
				<VersionChoice
					label={t('From')}
					chosen={from}
					versions={versions}
					onChange={(version) => prompts.compare({ fromId: version.id, toId })}
				/>
				<span className="text-ink-2">{t('to', {}, 'from one version to another')}</span>
				<VersionChoice
					label={t('To')}
					chosen={to}
					versions={versions}
					onChange={(version) => prompts.compare({ fromId, toId: version.id })}
				/>
				<span className="flex-1" />
				<Button size="sm" kind="ghost" onClick={() => openNewRun(services, { promptVersionIds: [fromId, toId] })}>
					{t('Evaluate both')}
				</Button>
				<Button
					size="sm"
					icon={Pencil}
					onClick={() => {
						prompts.write(toContent(from));
						prompts.compare(null);
					}}
				>
					{t('Start from v{number}', { number: from.number })}
				</Button>
				<Button size="sm" kind="ghost" icon={X} onClick={() => prompts.compare(null)}>
					{t('Close')}
				</Button>
			</div>
			{failure === null ? null : <FailureCard title={t('Couldn’t compare the versions')} failure={failure} />}
			{diff !== undefined && differs.length === 0 ? (
				<p className="text-ink-2">{t('The two versions are identical.')}</p>
			) : null}
			{diff === undefined
				? null
				: parts
						.filter(({ part }) => diff[part].length > 0)
						.map(({ part, label }) => (
							<section key={part} aria-label={label}>
								<h2 className="mb-[5px] text-xs font-medium text-ink-2">{label}</h2>
								<div className="grid grid-cols-2 overflow-hidden rounded-lg border border-line">
									<div className="min-w-0 border-r border-line px-3 py-2.5">
										<p className="mb-1 text-2xs text-ink-3">v{from.number}</p>
										<DiffText mono runs={diff[part]} side="before" />
									</div>
									<div className="min-w-0 px-3 py-2.5">
										<p className="mb-1 text-2xs text-ink-3">v{to.number}</p>
										<DiffText mono runs={diff[part]} side="after" />
									</div>
								</div>
							</section>
						))}
		</div>
	);
}

function VersionChoice({
	label,
	chosen,
	versions,
	onChange,
}: {
	label: string;
	chosen: PromptVersion;
	versions: readonly PromptVersion[];
	onChange: (version: PromptVersion) => void;
}) {
	return (
		<ChoiceMenu
			label={label}
			value={String(chosen.id)}
			options={versions.map(({ id, number, note }) => ({
				value: String(id),
				words: `v${number}`,
				...(note === '' ? {} : { detail: note }),
			}))}
			onChange={(value) => {
				const version = versions.find(({ id }) => String(id) === value);
				if (version !== undefined) onChange(version);
			}}
		/>
	);
}
