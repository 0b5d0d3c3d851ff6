import { Download } from 'lucide-react';
import { useStore } from 'zustand';
import type { FeedbackExportFormat } from '../../electron/contract/feedback/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { saveText } from '../connection/save-file.ts';
import { Button, buttonClass } from '../design/button.tsx';
import { formatQuantity } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Spinner } from '../design/spinner.tsx';
import { type Services, useServices } from '../services.ts';

export const feedbackFormats: readonly {
	format: FeedbackExportFormat;
	words: string;
	detail: string;
	noun: string;
	nothing: string;
}[] = [
	{
		format: 'sft',
		words: 'Fine-tuning examples (SFT)',
		detail: 'JSON Lines: messages with the corrected or good answer',
		noun: 'example',
		nothing: 'No answer is rated good or corrected.',
	},
	{
		format: 'preference',
		words: 'Preference pairs',
		detail: 'JSON Lines: prompt, chosen, rejected. From corrections and from versions rated good and bad.',
		noun: 'pair',
		nothing: 'A pair needs a correction, or a good and a bad version of one answer.',
	},
	{
		format: 'csv',
		words: 'Table (CSV)',
		detail: 'One row per answer, for spreadsheets',
		noun: 'row',
		nothing: 'No feedback matches.',
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
					{formatQuantity(exporting, 'line')}
				</span>
				<Button kind="ghost" onClick={() => report.cancelExport()}>
					Cancel
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
					Export
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
	{ format, noun, nothing }: (typeof feedbackFormats)[number],
): Promise<void> {
	try {
		const exported = await feedbackReport.export(format);
		if (exported === null) return;
		const { fileName, parts, lines, leftOut } = exported;
		if (lines === 0) return toasts.note({ text: `Nothing to export. ${nothing}` });
		const path = await saveText(fileName, parts);
		if (path === null) return;
		const rest = leftOut === 0 ? '' : `; ${formatQuantity(leftOut, 'answer')} skipped`;
		toasts.show({ text: `${formatQuantity(lines, noun)} saved${path === '' ? '' : ` as ${path}`}${rest}` });
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}
