import { Download } from 'lucide-react';
import { useStore } from 'zustand';
import type { FeedbackExportFormat } from '../../electron/contract/feedback/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { saveText } from '../connection/save-file.ts';
import { Button, buttonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Spinner } from '../design/spinner.tsx';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';

export const feedbackFormats: readonly {
	format: FeedbackExportFormat;
	words: string;
	detail: string;
	/** "3 examples". */
	amount: (count: number) => string;
	nothing: string;
}[] = [
	{
		format: 'sft',
		words: t('Fine-tuning examples (SFT)'),
		detail: t('JSON Lines: messages with the corrected or good answer'),
		amount: (count) => t('{count, plural, one {# example} other {# examples}}', { count }),
		nothing: t('No answer is rated good or corrected.'),
	},
	{
		format: 'preference',
		words: t('Preference pairs'),
		detail: t('JSON Lines: prompt, chosen, rejected. From corrections and from versions rated good and bad.'),
		amount: (count) => t('{count, plural, one {# pair} other {# pairs}}', { count }),
		nothing: t('A pair needs a correction, or a good and a bad version of one answer.'),
	},
	{
		format: 'csv',
		words: t('Table (CSV)'),
		detail: t('One row per answer, for spreadsheets'),
		amount: (count) => t('{count, plural, one {# row} other {# rows}}', { count }),
		nothing: t('No feedback matches.'),
	},
];

/** Exports the filtered feedback as training data or as a table. */
export function ExportMenu() {
	const services = useServices();
	const { feedbackReport: report } = services;
	const exporting = useStore(report.state, (state) => state.exporting);
	if (exporting !== null) {
		return (
			<>
				<span role="status" className="inline-flex items-center gap-1.5 text-xs text-ink-2 tabular-nums">
					<Spinner />
					{t('{count, plural, one {# line} other {# lines}}', { count: exporting })}
				</span>
				<Button kind="ghost" onClick={() => report.cancelExport()}>
					{t('Cancel')}
				</Button>
			</>
		);
	}
	return (
		<Menu
			width={340}
			trigger={
				<button type="button" className={buttonClass('secondary')}>
					<Icon of={Download} size={14} />
					{t('Export')}
				</button>
			}
		>
			{feedbackFormats.map((choice) => (
				<MenuItem key={choice.format} onSelect={() => void exportAs(services, choice)}>
					<span className="block py-1">
						{choice.words}
						<span className="block text-xs whitespace-normal text-ink-3">{choice.detail}</span>
					</span>
				</MenuItem>
			))}
		</Menu>
	);
}

/** Exports the filtered feedback in one format. */
export async function exportAs(
	{ feedbackReport, toasts }: Services,
	{ format, amount, nothing }: (typeof feedbackFormats)[number],
): Promise<void> {
	try {
		const exported = await feedbackReport.export(format);
		if (exported === null) return;
		const { fileName, parts, lines, leftOut } = exported;
		if (lines === 0) return toasts.note({ text: t('Nothing to export. {nothing}', { nothing }) });
		const path = await saveText(fileName, parts);
		if (path === null) return;
		const saved =
			path === ''
				? t('{amount} saved', { amount: amount(lines) })
				: t('{amount} saved as {path}', { amount: amount(lines), path });
		toasts.show({
			text:
				leftOut === 0
					? saved
					: t('{saved}; {count, plural, one {# answer} other {# answers}} skipped', { saved, count: leftOut }),
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}
