import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { portMessage, type WindowBridge, type WindowCommand } from './contract/bridge.ts';
import { channels } from './shell/ipc-channels.ts';

/** Without Electron's words about the channel before the message, which people read. */
async function invoke(channel: string, ...payload: unknown[]) {
	try {
		return await ipcRenderer.invoke(channel, ...payload);
	} catch (error) {
		const { message } = error as Error;
		throw new Error(message.replace(/^Error invoking remote method '[^']*': (?:Error: )?/, ''));
	}
}

const bridge: WindowBridge = {
	platform: process.platform as WindowBridge['platform'],
	connect() {
		const { port1, port2 } = new MessageChannel();
		ipcRenderer.postMessage(channels.connect, null, [port2]);
		// The preload and the page have separate JavaScript worlds in one window; a port can cross only in a message.
		window.postMessage(portMessage, location.origin, [port1]);
	},
	chooseModelFile: () => invoke(channels.chooseModelFile),
	chooseModelFolder: () => invoke(channels.chooseModelFolder),
	saveText: (file) => invoke(channels.saveText, file),
	saveExport: (path) => invoke(channels.saveExport, path),
	pathOfFile: (file) => webUtils.getPathForFile(file),
	// The preload's own JavaScript world: a script of the page can't forge what the user did.
	openLink: async (address) => {
		if (!navigator.userActivation.isActive) throw new Error('a link opens only after a click');
		await invoke(channels.openLink, address);
	},
	revealFile: (path) => invoke(channels.revealFile, path),
	onCommand(listener) {
		const deliver = (_event: unknown, command: WindowCommand) => listener(command);
		ipcRenderer.on(channels.command, deliver);
		return () => void ipcRenderer.off(channels.command, deliver);
	},
};

contextBridge.exposeInMainWorld('assay', bridge);
