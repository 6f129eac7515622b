/* What Wine 8 lacks of Windows' libraries, linked into the programs that `cargo xtask windows` runs, in place of the import.
   Not with all headers: those declare as imported what is here. */
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0601
#include <windows.h>

/* The clock that goes on in sleep. Under Wine there is no sleep. */
void WINAPI QueryInterruptTime(PULONGLONG time)
{
    QueryUnbiasedInterruptTime(time);
}
void *__imp_QueryInterruptTime = (void *)QueryInterruptTime;

/* Where the tray icon is, without which no menu is shown: as if it were where the mouse is. */
HRESULT WINAPI Shell_NotifyIconGetRect(const void *icon, RECT *place)
{
    POINT mouse;
    GetCursorPos(&mouse);
    place->left = mouse.x - 8;
    place->top = mouse.y - 8;
    place->right = mouse.x + 8;
    place->bottom = mouse.y + 8;
    return S_OK;
}
void *__imp_Shell_NotifyIconGetRect = (void *)Shell_NotifyIconGetRect;
