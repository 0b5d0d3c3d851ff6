import { Download } from 'lucide-react';
import { useState } from 'react';
import type { Diagnostics } from '../../../electron/contract/data/diagnostics.ts';
import { toFailure } from '../../connection/failure.ts';
import { saveText } from '../../connection/save-text.ts';
import { Button } from '../../design/button.tsx';
import { useServices } from '../../services.ts';
import { SettingRow } from '../setting-row.tsx';
import { BundlePart } from './bundle-part.tsx';

/** Puts together what helps to find a fault, and shows all of it before it is saved. */
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
			if (path !== null) toasts.show({ text: path === '' ? `Saved as ${bundle.fileName}` : `Saved as ${path}` });
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<>
			<SettingRow
				label="Diagnostics bundle"
				description="For a report when something goes wrong. It holds no text of any conversation, and is sent nowhere: you see every part of it, leave out what you want, and save the rest as a file."
			>
				<Button busy={busy ? 'Collecting' : undefined} onClick={() => void collect()}>
					{bundle === null ? 'Put together' : 'Put together again'}
				</Button>
			</SettingRow>
			{bundle === null ? null : (
				<>
					<ul aria-label="Parts of the bundle" className="overflow-hidden rounded-lg border border-line">
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
						blocked={parts.length === 0 ? 'No part is chosen' : undefined}
						onClick={() => void save()}
					>
						Save bundle
					</Button>
				</>
			)}
		</>
	);
}
