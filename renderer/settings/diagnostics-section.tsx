import { ChevronRight, Download } from 'lucide-react';
import { useState } from 'react';
import type { DiagnosticPart, Diagnostics } from '../../electron/contract/activity/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { saveText } from '../connection/save-file.ts';
import { Button } from '../design/button.tsx';
import { Checkbox } from '../design/checkbox.tsx';
import { formatBytes } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

/** Collects diagnostics and shows all of them before they are saved. */
export function DiagnosticsSection() {
	const { connection, toasts } = useServices();
	const [bundle, setBundle] = useState<Diagnostics | null>(null);
	const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
	const [busy, setBusy] = useState(false);
	async function collect(): Promise<void> {
		setBusy(true);
		try {
			setBundle(await connection.client.diagnostics.collect());
			setLeft(new Set());
		} catch (error) {
			toasts.fail(toFailure(error).message);
		} finally {
			setBusy(false);
		}
	}
	const parts = bundle?.parts.filter(({ name }) => !left.has(name)) ?? [];
	async function save(): Promise<void> {
		if (bundle === null) return;
		try {
			const path = await saveText(bundle.fileName, [JSON.stringify({ ...bundle, parts }, null, '\t')]);
			if (path !== null)
				toasts.show({
					text: path === '' ? t('Saved as {fileName}', { fileName: bundle.fileName }) : t('Saved as {path}', { path }),
				});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<>
			<SettingRow
				label={t('Diagnostics bundle')}
				description={t(
					'For bug reports. Contains no conversation text and is never sent anywhere: review each part, leave out what you like, and save the rest as a file.',
				)}
			>
				<Button busy={busy ? t('Collecting') : undefined} onClick={() => void collect()}>
					{bundle === null ? t('Create bundle') : t('Create again')}
				</Button>
			</SettingRow>
			{bundle === null ? null : (
				<>
					<ul aria-label={t('Bundle contents')} className="overflow-hidden rounded-lg border border-line">
						{bundle.parts.map((part) => (
							<BundlePart
								key={part.name}
								part={part}
								included={!left.has(part.name)}
								onInclude={(include) => {
									const next = new Set(left);
									if (include) next.delete(part.name);
									else next.add(part.name);
									setLeft(next);
								}}
							/>
						))}
					</ul>
					<Button
						kind="primary"
						icon={Download}
						className="self-start"
						blocked={parts.length === 0 ? t('Select at least one part') : undefined}
						onClick={() => void save()}
					>
						{t('Save bundle')}
					</Button>
				</>
			)}
		</>
	);
}

/** Longer texts are cut to this length on the screen, in characters; the saved file is complete. */
const shownLength = 200_000;

/** One part: its description, its size, its full text on a click, and whether it is saved. */
function BundlePart({
	part: { name, description, text },
	included,
	onInclude,
}: {
	part: DiagnosticPart;
	included: boolean;
	onInclude: (include: boolean) => void;
}) {
	const [open, setOpen] = useState(false);
	return (
		<li className="border-b border-line last:border-b-0">
			<div className="flex items-center gap-1 pl-2">
				<Checkbox label={t('Save {name}', { name })} checked={included} onChange={() => onInclude(!included)} />
				<button
					type="button"
					aria-expanded={open}
					onClick={() => setOpen(!open)}
					className="flex min-h-9 min-w-0 flex-1 items-center gap-2 px-2 py-1 hover:bg-hover focus-visible:-outline-offset-2"
				>
					<span className={`min-w-0 flex-1 ${included ? '' : 'text-ink-3'}`}>
						<span className="block font-mono text-xs">{name}</span>
						<span className="block text-xs text-pretty text-ink-3">{description}</span>
					</span>
					<span className="font-mono text-xs text-ink-2 tabular-nums">{formatBytes(text.length)}</span>
					<Icon of={ChevronRight} size={14} className={`text-ink-3 ${open ? 'rotate-90' : ''}`} />
				</button>
			</div>
			{open ? (
				<Scroller label={t('Text of {name}', { name })} className="max-h-64 border-t border-line bg-sunken px-3 py-2">
					<pre className="font-mono text-2xs whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
						{text.slice(0, shownLength)}
					</pre>
				</Scroller>
			) : null}
		</li>
	);
}
