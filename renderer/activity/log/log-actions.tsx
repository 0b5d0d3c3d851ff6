import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toFailure } from '../../connection/failure.ts';
import { saveText } from '../../connection/save-text.ts';
import { Button, buttonClass } from '../../design/button.tsx';
import { formatQuantity } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { type Services, useServices } from '../../services.ts';
import { toLogQuery } from './filter.ts';

type Format = 'csv' | 'json';

const formats: readonly { format: Format; words: string; detail: string }[] = [
	{ format: 'csv', words: 'Table (CSV)', detail: 'One row an entry, for a spreadsheet' },
	{ format: 'json', words: 'JSON', detail: 'One array, every figure of every entry' },
];

/** Takes out what the filter shows, and empties the log. */
export function LogActions() {
	const services = useServices();
	const [exporting, setExporting] = useState(false);
	async function save(format: Format): Promise<void> {
		setExporting(true);
		await exportLog(services, format);
		setExporting(false);
	}
	return (
		<>
			<Menu
				width={300}
				trigger={
					<button type="button" className={buttonClass('secondary')} aria-busy={exporting}>
						<Icon of={Download} size={14} />
						Export
					</button>
				}
			>
				{formats.map(({ format, words, detail }) => (
					<MenuItem key={format} onSelect={() => void save(format)}>
						<span className="block py-1">
							{words}
							<span className="block text-xs whitespace-normal text-ink-3">{detail}</span>
						</span>
					</MenuItem>
				))}
			</Menu>
			<Button kind="ghost" icon={Trash2} onClick={() => void clearLog(services)}>
				Clear
			</Button>
		</>
	);
}

async function exportLog({ activityLog, connection, toasts }: Services, format: Format): Promise<void> {
	const filter = toLogQuery(activityLog.state.getState().filter, Date.now());
	const parts: string[] = [];
	let entries = 0;
	let fileName = '';
	let after: number | null = null;
	try {
		do {
			const page: Awaited<ReturnType<typeof connection.client.activity.export>> =
				await connection.client.activity.export({ filter, format, after });
			parts.push(page.text);
			entries += page.entries;
			({ fileName, next: after } = page);
		} while (after !== null);
		const path = await saveText(fileName, parts);
		if (path === null) return;
		toasts.show({ text: `${formatQuantity(entries, 'entry', 'entries')} saved${path === '' ? '' : ` as ${path}`}` });
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Empties the log and what is counted of it; for a minute it can be taken back. */
export async function clearLog({ activityLog: log, toasts }: Services): Promise<void> {
	try {
		const { cleared, upTo } = await log.clear();
		if (cleared === 0) return toasts.show({ text: 'The log is empty already' });
		toasts.show({
			text: `${formatQuantity(cleared, 'entry', 'entries')} cleared`,
			icon: Trash2,
			action: {
				label: 'Undo',
				run: () => {
					log.restore(upTo).then(
						(restored) => (restored ? undefined : toasts.fail('The log is gone: it was cleared over a minute ago.')),
						(error: unknown) => toasts.fail(toFailure(error).message),
					);
				},
			},
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}
