import { useServices } from '../../services.ts';
import { FileDrop } from '../file-drop.tsx';
import { selectExportFiles } from '../upload.ts';

/** Where each program keeps what can be imported. */
const places: readonly (readonly [program: string, place: string])[] = [
	['ChatGPT', 'the .zip that it sends, or conversations.json'],
	['Claude', 'the .zip that it sends, or conversations.json'],
	['Grok', 'the .zip that it sends, or prod-grok-backend.json'],
	['Open WebUI', 'chat-export-….json'],
	['LM Studio', 'the folder .lmstudio/conversations'],
	['Jan', 'the folder data/threads'],
	['Assay', 'a file that “Export as JSON” made'],
];

/** Files or a folder, dropped or picked. */
export function FileChoice({ brief }: { brief: boolean }) {
	const { importExport } = useServices();
	return (
		<>
			<FileDrop
				accept=".json,.jsonl,.zip"
				of="to import"
				onFiles={(files) => void importExport.read(selectExportFiles(files))}
			/>
			{brief ? null : <Places />}
		</>
	);
}

function Places() {
	return (
		<dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-xs">
			{places.map(([program, place]) => (
				<div key={program} className="contents">
					<dt className="font-medium text-ink-2">{program}</dt>
					<dd className="text-ink-3">{place}</dd>
				</div>
			))}
		</dl>
	);
}
