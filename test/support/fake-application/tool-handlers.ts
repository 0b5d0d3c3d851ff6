import type { Implementer } from '../../../electron/api/implementer.ts';
import type {
	ImportPreview,
	LoggedCall,
	ToolOffer,
	ToolServer,
	ToolsView,
	ToolView,
} from '../../../electron/contract/tools/schema.ts';
import type { FakeApplication } from './fake-application.ts';
import { unscripted } from './unscripted.ts';

export interface FakeTools extends ToolsView {
	/** Newest first. */
	calls: LoggedCall[];
	/** By conversation and tool. */
	choices: Map<string, boolean>;
	preview: ImportPreview;
}

export function fakeTools(): FakeTools {
	return {
		servers: [],
		tools: [],
		grants: [],
		folders: [],
		calls: [],
		choices: new Map(),
		preview: { servers: [], inputs: [] },
	};
}

/** Tools that are kept in memory and never called. */
export function toolHandlers(fake: FakeApplication, os: Implementer) {
	const changed = (): void => fake.emit({ type: 'tools-changed' });
	function changeTool(id: number, changes: Partial<ToolView>): ToolView {
		const { tools } = fake.data;
		tools.tools = tools.tools.map((one) => (one.id === id ? { ...one, ...changes } : one));
		changed();
		return tools.tools.find((one) => one.id === id)!;
	}
	function changeServer(id: number, changes: Partial<ToolServer>): ToolServer {
		const { tools } = fake.data;
		tools.servers = tools.servers.map((one) => (one.id === id ? { ...one, ...changes } : one));
		changed();
		return tools.servers.find((one) => one.id === id)!;
	}
	function offers(conversationId: number | null): { tools: ToolOffer[] } {
		const { servers, tools, choices } = fake.data.tools;
		return {
			tools: tools.map(({ id, serverId, offeredName, description, inputSchema, tokens, isOn, changed: waiting }) => ({
				...{ id, name: offeredName, description, inputSchema, tokens },
				server: servers.find((one) => one.id === serverId)?.name ?? null,
				state: waiting === null ? (isOn ? 'ask' : 'off') : 'changed',
				used: choices.get(`${conversationId}-${id}`) ?? isOn,
			})),
		};
	}
	return {
		view: os.tools.view.handler(() => {
			const { servers, tools, grants, folders } = fake.data.tools;
			return { servers, tools, grants, folders };
		}),
		offers: os.tools.offers.handler(({ input }) => offers(input.conversationId)),
		use: os.tools.use.handler(({ input: { conversationId, toolId, used } }) => {
			fake.data.tools.choices.set(`${conversationId}-${toolId}`, used);
			return offers(conversationId);
		}),
		setTool: os.tools.setTool.handler(({ input }) => changeTool(input.id, { isOn: input.on })),
		acceptTool: os.tools.acceptTool.handler(({ input }) => {
			const waiting = fake.data.tools.tools.find(({ id }) => id === input.id)?.changed;
			return changeTool(input.id, { ...waiting, changed: null });
		}),
		addServer: os.tools.addServer.handler(({ input: { name, launch } }) => {
			const added: ToolServer = {
				...{ id: fake.data.tools.servers.length + 1, name, launchHash: 'hash', state: 'waiting', isOn: true },
				...{ failure: null, protocol: null, stderr: '' },
				launch:
					launch.kind === 'url'
						? { kind: 'url', url: launch.url, headers: Object.keys(launch.headers) }
						: {
								...{ kind: 'command', command: launch.command, args: launch.args, folder: launch.folder },
								variables: Object.keys(launch.env),
							},
			};
			fake.data.tools.servers = [...fake.data.tools.servers, added];
			changed();
			return added;
		}),
		approveServer: os.tools.approveServer.handler(({ input }) => changeServer(input.id, { state: 'connected' })),
		connectServer: os.tools.connectServer.handler(({ input }) => changeServer(input.id, { state: 'connected' })),
		setServer: os.tools.setServer.handler(({ input: { id, on } }) =>
			changeServer(id, { isOn: on, state: on ? 'ready' : 'off' }),
		),
		removeServer: os.tools.removeServer.handler(({ input }) => {
			fake.data.tools.servers = fake.data.tools.servers.filter(({ id }) => id !== input.id);
			changed();
			return {};
		}),
		restoreServer: os.tools.restoreServer.handler(unscripted),
		signIn: os.tools.signIn.handler(() => ({ url: 'https://example.com/authorize' })),
		previewImport: os.tools.previewImport.handler(() => fake.data.tools.preview),
		importServers: os.tools.importServers.handler(unscripted),
		exportServers: os.tools.exportServers.handler(unscripted),
		setFolders: os.tools.setFolders.handler(({ input }) => {
			fake.data.tools.folders = input.folders;
			changed();
			return { folders: input.folders };
		}),
		grant: os.tools.grant.handler(() => ({ grant: null })),
		revokeGrant: os.tools.revokeGrant.handler(({ input }) => {
			const gone = fake.data.tools.grants.find(({ id }) => id === input.id)!;
			fake.data.tools.grants = fake.data.tools.grants.filter(({ id }) => id !== input.id);
			changed();
			return gone;
		}),
		call: os.tools.call.handler(unscripted),
		log: os.tools.log.handler(() => ({ calls: fake.data.tools.calls, more: false })),
		restoreLog: os.tools.restoreLog.handler(unscripted),
		clearLog: os.tools.clearLog.handler(() => {
			const deleted = fake.data.tools.calls.length;
			fake.data.tools.calls = [];
			changed();
			return { deleted, clearedAt: 1 };
		}),
	};
}
