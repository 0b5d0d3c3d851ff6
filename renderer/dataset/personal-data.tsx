import { useState } from 'react';
import { useStore } from 'zustand';
import type { CheckReport, PersonalKind } from '../../electron/contract/dataset/schema.ts';
import { Button } from '../design/button.tsx';
import { Checkbox } from '../design/checkbox.tsx';
import { formatCount } from '../design/format.ts';
import { Scroller } from '../design/scroll-area.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { changeSamples } from './change-samples.ts';
import { isChangeable } from './dataset-store.ts';

const kindLabels: Record<PersonalKind, string> = {
	email: t('Email addresses'),
	phone: t('Phone numbers'),
	iban: t('Bank accounts'),
	card: t('Card numbers'),
	ip: t('IP addresses'),
};

/** Most findings shown; the rest is counted. */
const shown = 200;

/** Personal data found, in context; a click replaces it with a placeholder like [email]. */
export function PersonalData({ report }: { report: CheckReport }) {
	const services = useServices();
	const { connection, datasets } = services;
	const changeable = useStore(datasets.state, isChangeable);
	const { byKind, findings, count: total } = report.personal;
	const present = byKind.filter(({ count: n }) => n > 0);
	const [left, setLeft] = useState<ReadonlySet<PersonalKind>>(new Set());
	const kinds = present.map(({ kind }) => kind).filter((kind) => !left.has(kind));
	function toggle(kind: PersonalKind): void {
		const next = new Set(left);
		if (!next.delete(kind)) next.add(kind);
		setLeft(next);
	}
	return (
		<div className="flex flex-col gap-2.5">
			<div className="flex flex-wrap items-center gap-x-3 gap-y-1">
				{present.map(({ kind, count: n }) => (
					<span key={kind} className="flex items-center gap-0.5 text-xs">
						<Checkbox label={kindLabels[kind]} checked={!left.has(kind)} onChange={() => toggle(kind)} />
						<span aria-hidden className="tabular-nums" onClick={() => toggle(kind)}>
							{kindLabels[kind]} <span className="text-ink-3">{formatCount(n)}</span>
						</span>
					</span>
				))}
				<span className="flex-1" />
				<Button
					size="sm"
					blocked={
						changeable
							? kinds.length === 0
								? t('Select what to redact')
								: undefined
							: t('Only the newest version can be edited')
					}
					onClick={() =>
						void changeSamples(
							services,
							(datasetId) => connection.client.datasets.checks.redact({ datasetId, kinds }),
							({ replaced, changed }) =>
								t(
									'{replaced, plural, one {# place} other {# places}} redacted in {changed, plural, one {# sample} other {# samples}}',
									{ replaced, changed },
								),
						)
					}
				>
					{t('Redact')}
				</Button>
			</div>
			<Scroller label={t('Personal data')} className="max-h-64 rounded-md border border-line">
				<ul className="text-xs">
					{findings
						.filter(({ kind }) => !left.has(kind))
						.slice(0, shown)
						.map(({ id, field, before, found, after }, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
							<li key={index} className="flex items-baseline gap-2 border-b border-line px-2.5 py-1 last:border-b-0">
								<button
									type="button"
									className="link flex-none"
									onClick={() => {
										datasets.show('samples');
										services.samples.change({ only: { ids: [id], why: t('Contains personal data') } });
									}}
								>
									{field}
								</button>
								<span className="min-w-0 flex-1 truncate" dir="auto">
									{before}
									<mark className="bg-warn-soft text-warn!">{found}</mark>
									{after}
								</span>
							</li>
						))}
				</ul>
			</Scroller>
			{total > Math.min(findings.length, shown) ? (
				<p className="text-xs text-ink-3">
					{t('Showing the first {count} of {total}.', {
						count: formatCount(Math.min(findings.length, shown)),
						total: formatCount(total),
					})}
				</p>
			) : null}
			<p className="text-xs text-pretty text-ink-3">
				{t('Redacting edits the draft. Earlier versions keep the data until they are deleted.')}
			</p>
		</div>
	);
}
