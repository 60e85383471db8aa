/** Values kept in this browser. A full or forbidden storage loses nothing else: the page goes on without it. */
export interface Keep<T> {
  read(): T | null;
  /** Whether the value is kept now. */
  write(value: T | null): boolean;
}

export class BrowserKeep<T> implements Keep<T> {
  constructor(
    private readonly name: string,
    private readonly storage: Storage = localStorage,
  ) {}

  read(): T | null {
    try {
      const found = this.storage.getItem(this.name);
      return found === null ? null : (JSON.parse(found) as T);
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof DOMException) return null;
      throw error;
    }
  }

  write(value: T | null): boolean {
    try {
      if (value === null) this.storage.removeItem(this.name);
      else this.storage.setItem(this.name, JSON.stringify(value));
      return true;
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
  }
}
