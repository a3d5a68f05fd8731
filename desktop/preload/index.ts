// The only door from a screen to the app: a handful of functions, no Node.
import { contextBridge, ipcRenderer, webUtils } from 'electron';

const steno = {
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke('engine:call', name, input),
  on: (listener: (event: unknown) => void): (() => void) => {
    const forward = (_event: unknown, data: unknown): void => listener(data);
    ipcRenderer.on('engine:event', forward);
    return () => ipcRenderer.off('engine:event', forward);
  },
  /** Native dialog; the chosen paths, none when cancelled. */
  pickFiles: (): Promise<string[]> => ipcRenderer.invoke('file:pick'),
  /** Native dialog; undefined when cancelled. */
  pickSavePath: (suggested: string): Promise<string | undefined> => ipcRenderer.invoke('file:save', suggested),
  /** Paths of files that were dropped on the window. A screen cannot make up a File, so a path here was a person's choice. */
  pathsOf: (files: readonly File[]): Promise<string[]> =>
    ipcRenderer.invoke(
      'file:dropped',
      files.map((file) => webUtils.getPathForFile(file)),
    ),
};

export type StenoBridge = typeof steno;
contextBridge.exposeInMainWorld('steno', steno);
