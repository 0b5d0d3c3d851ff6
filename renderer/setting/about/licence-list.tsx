import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { formatQuantity } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroller.tsx';
import { useServices } from '../../services.ts';
import { SettingRow } from '../setting-row.tsx';

/** As the build writes them beside the page (scripts/package/licences.ts). */
interface Licence {
	readonly name: string;
	readonly version: string;
	readonly licence: string;
	readonly text: string;
}

/** Every package that is part of Assay, with its terms; fetched when somebody asks. */
export function LicenceList() {
	const { toasts } = useServices();
	const [licences, setLicences] = useState<readonly Licence[] | null>(null);
	async function show(): Promise<void> {
		try {
			const answer = await fetch('./licences.json');
			if (!answer.ok) throw new Error(`the list of licences is not part of this build (${answer.status})`);
			setLicences((await answer.json()) as Licence[]);
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<>
			<SettingRow
				label="Licences"
				description="Assay is built on the work of others. Every package in it, with its terms."
			>
				<Button aria-expanded={licences !== null} onClick={() => (licences === null ? void show() : setLicences(null))}>
					{licences === null ? 'Show licences' : 'Hide licences'}
				</Button>
			</SettingRow>
			{licences === null ? null : (
				<section aria-label="Licences">
					<p className="mb-1.5 text-xs text-ink-2">{formatQuantity(licences.length, 'package')}</p>
					<Scroller label="Packages" className="max-h-96 rounded-lg border border-line">
						<ul>
							{licences.map((one) => (
								<LicenceRow key={`${one.name} ${one.version}`} licence={one} />
							))}
						</ul>
					</Scroller>
				</section>
			)}
		</>
	);
}

function LicenceRow({ licence: { name, version, licence, text } }: { licence: Licence }) {
	const [open, setOpen] = useState(false);
	return (
		<li className="border-b border-line last:border-b-0">
			<button
				type="button"
				aria-expanded={open}
				onClick={() => setOpen(!open)}
				className="flex min-h-7.5 w-full items-center gap-2 px-2 hover:bg-hover focus-visible:-outline-offset-2"
			>
				<Icon of={ChevronRight} size={14} className={`text-ink-3 ${open ? 'rotate-90' : ''}`} />
				<span className="min-w-0 flex-1 truncate">
					{name} <span className="text-ink-3">{version}</span>
				</span>
				<span className="text-xs text-ink-2">{licence}</span>
			</button>
			{open ? (
				<pre className="px-8 pt-1 pb-3 font-mono text-2xs whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
					{text === '' ? `The package carries no text of its own; its licence is ${licence}.` : text}
				</pre>
			) : null}
		</li>
	);
}
