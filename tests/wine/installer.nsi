; Tries what Glowjar adds to Tauri's installer (src-tauri/windows/installer.nsh): the same hooks at the same places, around the
; same files. Tauri's own installer asks for plugins that it downloads, and for a Wine of 32 bits.
Unicode true
Target amd64-unicode
SetCompress off
RequestExecutionLevel user
SilentInstall silent
SilentUnInstall silent
!include LogicLib.nsh
!include "${HOOKS}"
Name "Glowjar"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Glowjar"

Section
  SetOutPath $INSTDIR
  !insertmacro NSIS_HOOK_PREINSTALL
  File "${PROGRAMS}/glowjar-app.exe"
  File "${PROGRAMS}/glowjar.exe"
  File "${PROGRAMS}/WebView2Loader.dll"
  FileOpen $0 "$INSTDIR\version.txt" w
  FileWrite $0 "${VERSION}"
  FileClose $0
  WriteUninstaller "$INSTDIR\uninstall.exe"
  !insertmacro NSIS_HOOK_POSTINSTALL
SectionEnd

Section Uninstall
  !insertmacro NSIS_HOOK_PREUNINSTALL
  Delete "$INSTDIR\glowjar-app.exe"
  Delete "$INSTDIR\glowjar.exe"
  Delete "$INSTDIR\WebView2Loader.dll"
  Delete "$INSTDIR\version.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  !insertmacro NSIS_HOOK_POSTUNINSTALL
SectionEnd
