import { useState } from 'react';
import type { ImportPreview, ServerLaunch, ShownLaunch } from '../../electron/contract/tools/schema.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { Checkbox } from '../design/checkbox.tsx';
import { FormDialog } from '../design/dialog.tsx';
import { Segmented } from '../design/segmented.tsx';
import { TextArea, TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { readPairs, splitCommand } from './split-command.ts';

type Way = 'command' | 'url' | 'import';

/** Examples that look the same in every language. */
const example = {
	name: 'Files',
	command: 'npx -y @modelcontextprotocol/server-filesystem /home/ada/notes',
	variables: 'API_KEY=…',
	url: 'https://example.com/mcp',
	headers: 'Authorization: Bearer …',
	config: '{ "mcpServers": { … } }',
};

/** Adds a server by its command or address, or those of another program's configuration. Nothing runs yet. */
export function AddServer({ onClose }: { onClose: () => void }) {
	const { connection } = useServices();
	const { tools } = connection.client;
	const [way, setWay] = useState<Way>('command');
	const [name, setName] = useState('');
	const [command, setCommand] = useState('');
	const [variables, setVariables] = useState('');
	const [url, setUrl] = useState('');
	const [headers, setHeaders] = useState('');
	const [config, setConfig] = useState('');
	const [preview, setPreview] = useState<ImportPreview | null>(null);
	const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
	const [inputs, setInputs] = useState<Readonly<Record<string, string>>>({});
	const [problem, setProblem] = useState<string | undefined>();
	const [busy, setBusy] = useState(false);

	function launch(): ServerLaunch | null {
		if (way === 'url') {
			const pairs = readPairs(headers, ':');
			return pairs === null ? null : { kind: 'url', url: url.trim(), headers: pairs };
		}
		const pairs = readPairs(variables, '=');
		const [program, ...args] = splitCommand(command, !navigator.platform.startsWith('Win'));
		return pairs === null || program === undefined
			? null
			: { kind: 'command', command: program, args, env: pairs, folder: null };
	}

	const blocked =
		way === 'import'
			? preview === null
				? config.trim() === ''
					? t('Paste or choose a configuration')
					: undefined
				: chosen.size === 0
					? t('Choose a server')
					: undefined
			: name.trim() === ''
				? t('Enter a name')
				: (way === 'url' ? url : command).trim() === ''
					? way === 'url'
						? t('Enter the address')
						: t('Enter the command')
					: launch() === null
						? t('Write one name and value on each line')
						: undefined;

	async function submit(): Promise<void> {
		if (blocked !== undefined || busy) return;
		setBusy(true);
		setProblem(undefined);
		try {
			if (way !== 'import') {
				await tools.addServer({ name: name.trim(), launch: launch()! });
				onClose();
			} else if (preview === null) {
				const found = await tools.previewImport({ text: config });
				setPreview(found);
				setChosen(new Set(found.servers.filter((one) => one.problem === null).map((one) => one.name)));
			} else {
				await tools.importServers({ text: config, names: [...chosen], inputs: { ...inputs } });
				onClose();
			}
		} catch (error) {
			if (!isConnectionLoss(error)) setProblem([toFailure(error).message, ...toFailure(error).next].join(' · '));
		}
		setBusy(false);
	}

	const verb =
		way !== 'import'
			? t('Add server')
			: preview === null
				? t('Read the configuration')
				: t('Add {count, plural, one {# server} other {# servers}}', { count: chosen.size });

	return (
		<FormDialog
			title={t('Add a tool server')}
			text={t('You see the whole command once more, and nothing runs before you approve it.')}
			width={560}
			verb={verb}
			busy={busy ? t('Adding') : undefined}
			blocked={blocked}
			className="mt-3.5 flex flex-col gap-3"
			onSubmit={() => void submit()}
			onClose={onClose}
		>
			<div>
				<Segmented
					label={t('How to add it')}
					value={way}
					onChange={(next) => {
						setWay(next);
						setProblem(undefined);
					}}
					options={[
						{ value: 'command', label: t('Command') },
						{ value: 'url', label: t('Web address') },
						{ value: 'import', label: t('Import') },
					]}
				/>
			</div>
			{way === 'import' ? (
				preview === null ? (
					<ConfigField
						value={config}
						problem={problem}
						onChange={(text) => {
							setConfig(text);
							setProblem(undefined);
						}}
					/>
				) : (
					<Preview
						preview={preview}
						chosen={chosen}
						inputs={inputs}
						problem={problem}
						onChoose={(one) =>
							setChosen(new Set(chosen.has(one) ? [...chosen].filter((other) => other !== one) : [...chosen, one]))
						}
						onInput={(id, value) => setInputs({ ...inputs, [id]: value })}
					/>
				)
			) : (
				<>
					<TextField
						label={t('Name')}
						placeholder={example.name}
						maxLength={100}
						autoComplete="off"
						value={name}
						error={problem}
						onChange={(event) => setName(event.target.value)}
					/>
					{way === 'command' ? (
						<>
							<TextField
								label={t('Command with its arguments')}
								placeholder={example.command}
								mono
								autoComplete="off"
								spellCheck={false}
								value={command}
								onChange={(event) => setCommand(event.target.value)}
							/>
							<TextArea
								label={t('Environment variables, one on each line')}
								placeholder={example.variables}
								mono
								autoComplete="off"
								spellCheck={false}
								value={variables}
								onChange={(event) => setVariables(event.target.value)}
							/>
						</>
					) : (
						<>
							<TextField
								label={t('Address')}
								placeholder={example.url}
								mono
								autoComplete="off"
								spellCheck={false}
								value={url}
								onChange={(event) => setUrl(event.target.value)}
							/>
							<TextArea
								label={t('Headers, one on each line')}
								placeholder={example.headers}
								mono
								autoComplete="off"
								spellCheck={false}
								value={headers}
								onChange={(event) => setHeaders(event.target.value)}
							/>
						</>
					)}
				</>
			)}
		</FormDialog>
	);
}

function ConfigField({
	value,
	problem,
	onChange,
}: {
	value: string;
	problem: string | undefined;
	onChange: (text: string) => void;
}) {
	return (
		<>
			<TextArea
				label={t('Configuration of Claude Desktop, Cursor, VS Code or LM Studio')}
				placeholder={example.config}
				mono
				spellCheck={false}
				value={value}
				error={problem}
				onChange={(event) => onChange(event.target.value)}
			/>
			<label className="flex flex-wrap items-center gap-2 text-xs text-ink-2">
				{t('Or choose the file')}
				<input
					type="file"
					accept=".json,.jsonc"
					className="text-xs"
					onChange={(event) => {
						const file = event.target.files?.[0];
						if (file !== undefined && file.size <= 1_000_000) void file.text().then(onChange);
					}}
				/>
			</label>
		</>
	);
}

function Preview({
	preview,
	chosen,
	inputs,
	problem,
	onChoose,
	onInput,
}: {
	preview: ImportPreview;
	chosen: ReadonlySet<string>;
	inputs: Readonly<Record<string, string>>;
	problem: string | undefined;
	onChoose: (name: string) => void;
	onInput: (id: string, value: string) => void;
}) {
	return (
		<>
			<ul aria-label={t('Servers of the configuration')} className="flex flex-col gap-2.5">
				{preview.servers.map(({ name, launch, problem: reason }) => (
					<li key={name}>
						{reason === null ? (
							<span className="flex items-center gap-1">
								<Checkbox label={name} checked={chosen.has(name)} onChange={() => onChoose(name)} />
								<span aria-hidden className="min-w-0 truncate">
									{name}
								</span>
							</span>
						) : (
							<p className="text-ink-2">{t('“{name}” can’t be added: {reason}', { name, reason })}</p>
						)}
						<p className="pl-6 font-mono text-xs [overflow-wrap:anywhere] text-ink-3" dir="ltr" translate="no">
							{launchLine(launch)}
						</p>
					</li>
				))}
			</ul>
			{preview.inputs.map(({ id, description, isSecret }) => (
				<TextField
					key={id}
					label={description === '' ? id : `${id}: ${description}`}
					type={isSecret ? 'password' : 'text'}
					autoComplete="off"
					value={inputs[id] ?? ''}
					onChange={(event) => onInput(id, event.target.value)}
				/>
			))}
			{problem === undefined ? null : (
				<p role="alert" className="text-xs text-bad">
					{problem}
				</p>
			)}
		</>
	);
}

function launchLine(launch: ShownLaunch): string {
	return launch.kind === 'url' ? launch.url : [launch.command, ...launch.args].join(' ');
}
