import { Check, Info, TriangleAlert } from 'lucide-react';
import type { TrainingCheck, TrainingConfig } from '../../electron/contract/adaptation/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Spinner } from '../design/spinner.tsx';
import { t } from '../messages/t.ts';

/**
 * What the samples are like, and what the run will take: before any work. `checking`: true, or why it failed; `missing`:
 * what to choose before anything can be checked.
 */
export function DataCheck({
	objective,
	check,
	checking,
	missing,
}: {
	objective: TrainingConfig['objective'];
	check: TrainingCheck | null;
	checking: FailureFacts | boolean;
	missing: string;
}) {
	return (
		<section aria-label={t('Data check')} aria-busy={checking === true} className="min-h-36">
			<h2 className="mb-1.5 text-xs font-semibold">{t('Data check')}</h2>
			{typeof checking === 'object' ? (
				<FailureCard title={t('Couldn’t check the samples')} failure={checking} />
			) : check === null ? (
				<p className="flex items-center gap-2 text-xs text-ink-2">
					{checking ? <Spinner /> : null}
					{checking ? t('Reading the samples') : missing}
				</p>
			) : check.obstacle !== null ? (
				<FailureCard title={t('This can’t be trained')} failure={check.obstacle} />
			) : (
				<Report check={check} objective={objective} />
			)}
		</section>
	);
}

function Report({ check, objective }: { check: TrainingCheck; objective: TrainingConfig['objective'] }) {
	const { samples, minutes, learned, memoryBytes, freeBytes, duplicates, unusable, cut, refused, personal, leaks } =
		check;
	const time =
		minutes === null
			? null
			: learned
				? t('About {minutes, plural, one {# minute} other {# minutes}}', { minutes: Math.max(1, Math.ceil(minutes)) })
				: t('About {minutes, plural, one {# minute} other {# minutes}} (a guess until the first run)', {
						minutes: Math.max(1, Math.ceil(minutes)),
					});
	return (
		<div className="rounded-lg border border-line bg-sunken px-3.5 py-3">
			<p className="font-medium">
				{t(
					'{train, plural, one {# sample} other {# samples}} to learn from, {validation} to validate, {heldOut} held out to compare',
					{ train: samples.train, validation: samples.validation, heldOut: samples.heldOut },
				)}
			</p>
			<p className="mt-0.5 text-ink-2 tabular-nums">
				{[
					time,
					t('{steps, plural, one {# step} other {# steps}}', { steps: check.steps }),
					memoryBytes === null
						? null
						: t('{memory} of memory ({free} free)', { memory: formatBytes(memoryBytes), free: formatBytes(freeBytes) }),
				]
					.filter((part) => part !== null)
					.join(' · ')}
			</p>
			<ul className="mt-2 grid gap-1 text-xs">
				{duplicates.count === 0 && leaks.length === 0 && personal.length === 0 && refused.count === 0 ? (
					<Line tone="good">{t('No duplicates, no personal data, nothing from your evaluation sets')}</Line>
				) : null}
				{duplicates.count === 0 ? null : (
					<Line tone="plain">
						{t('{count, plural, one {# duplicate is} other {# duplicates are}} left out', { count: duplicates.count })}
					</Line>
				)}
				{unusable.count === 0 ? null : (
					<Line tone="plain">
						{objective === 'dpo'
							? t(
									'{count, plural, one {# sample doesn’t have} other {# samples don’t have}} two answers to choose between',
									{
										count: unusable.count,
									},
								)
							: t('{count, plural, one {# sample has} other {# samples have}} no answer to learn', {
									count: unusable.count,
								})}
					</Line>
				)}
				{cut.count === 0 ? null : (
					<Line tone="warn">
						{t(
							'{count, plural, one {# sample is} other {# samples are}} longer than {limit} tokens and cut; the longest has {longest}',
							{ count: cut.count, limit: formatCount(check.settings.maxTokens), longest: formatCount(check.longest) },
						)}
					</Line>
				)}
				{refused.count === 0 ? null : (
					<Line tone="warn">
						{t('The model’s chat template refuses the roles of {count, plural, one {# sample} other {# samples}}', {
							count: refused.count,
						})}
					</Line>
				)}
				{personal.length === 0 ? null : (
					<Line tone="warn">
						{t('{count, plural, one {# piece} other {# pieces}} of personal data: the adapter may repeat it', {
							count: personal.reduce((sum, { count }) => sum + count, 0),
						})}
					</Line>
				)}
				{leaks.map(({ datasetId, name, samples: count }) => (
					<Line key={datasetId} tone="warn">
						{t(
							'{count, plural, one {# sample is} other {# samples are}} also in “{name}”, which can then no longer show what was learned',
							{ count, name },
						)}
					</Line>
				))}
				{check.warnings.map(({ code, message }) => (
					<Line key={code} tone="warn">
						{message}
					</Line>
				))}
			</ul>
		</div>
	);
}

const icons = { good: Check, plain: Info, warn: TriangleAlert };
const tones = { good: 'text-good', plain: 'text-ink-3', warn: 'text-warn' };

function Line({ tone, children }: { tone: keyof typeof icons; children: string }) {
	return (
		<li className="flex items-start gap-2">
			<Icon of={icons[tone]} size={12} className={`mt-[3px] ${tones[tone]}`} />
			<span className="[overflow-wrap:anywhere]">{children}</span>
		</li>
	);
}
